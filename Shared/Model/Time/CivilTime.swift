/// A moment on the calendar (Gregorian, UTC). Days are counted in eras of 400 years that begin on 1 March.
struct CivilTime {
    var year: Int64
    var month: Int64
    var day: Int64
    /// Of the day.
    var seconds: Int64

    init(secondsSince1970: Int64) {
        let day = Self.floor(secondsSince1970, 86_400)
        seconds = secondsSince1970 - day * 86_400
        let shifted = day + 719_468
        let era = Self.floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nil where the calendar has no such day.
    init?(year: Int64, month: Int64, day: Int64, seconds: Int64) {
        guard (1...12).contains(month), day >= 1, day <= Self.days(of: month, in: year) else { return nil }
        (self.year, self.month, self.day, self.seconds) = (year, month, day, seconds)
    }

    var secondsSince1970: Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = Self.floor(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400 + seconds
    }

    private static func days(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }
}
