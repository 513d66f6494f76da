/// Reads any RFC 3339 date-time but a leap second, fractions below 1 µs cut off; writes UTC with six digits.
extension Timestamp: TextValue {
    public init(_ text: String) throws(Problem) {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        guard let time = scanner.dateTime() else {
            throw Problem(.validation, "must be a time such as 2026-01-31T12:00:00Z (RFC 3339)")
        }
        self = time
    }

    public var text: String {
        let civil = CivilTime(secondsSince1970: seconds)
        var text: [UInt8] = []
        text.reserveCapacity(27)
        func append(_ value: Int64, _ digits: Int, _ end: Unicode.Scalar) {
            var divisor: Int64 = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
            text.append(UInt8(ascii: end))
        }
        append(civil.year, 4, "-")
        append(civil.month, 2, "-")
        append(civil.day, 2, "T")
        append(civil.seconds / 3600, 2, ":")
        append(civil.seconds / 60 % 60, 2, ":")
        append(civil.seconds % 60, 2, ".")
        append(microseconds - seconds * 1_000_000, 6, "Z")
        return String(decoding: text, as: UTF8.self)
    }
}

private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func dateTime() -> Timestamp? {
        guard let year = number(4), year > 0, take("-"), let month = number(2), take("-"), let day = number(2),
            take("T") || take("t"),
            let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
            let second = number(2), second < 60,
            let civil = CivilTime(year: year, month: month, day: day, seconds: hour * 3600 + minute * 60 + second),
            let fraction = fraction(), let offset = offset(), rest.isEmpty
        else { return nil }
        let microseconds = (civil.secondsSince1970 - offset) * 1_000_000 + fraction
        let time = Timestamp(microseconds: microseconds)
        return time.microseconds == microseconds ? time : nil
    }

    private mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = number(1) {
            if count < 6 { value = value * 10 + digit }
            count += 1
        }
        for _ in min(count, 6)..<6 { value *= 10 }
        return count > 0 ? value : nil
    }

    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("-") ? -1 : 1
        guard sign < 0 || take("+"), let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for byte in rest.prefix(digits) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        guard rest.count >= digits else { return nil }
        rest.removeFirst(digits)
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
