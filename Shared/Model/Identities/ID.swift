/// A UUID that names one kind of thing: an `ID<Grant>` is no `ID<Event>`.
public struct ID<Entity>: TextValue {
    public let hi: UInt64
    public let lo: UInt64

    /// Any UUID, as PostgreSQL holds it.
    public init(hi: UInt64, lo: UInt64) {
        self.hi = hi
        self.lo = lo
    }

    /// A new one, in the order of time (version 7, RFC 9562 §5.7).
    public init(at time: Timestamp, random: (UInt64, UInt64)) {
        let milliseconds = UInt64(clamping: time.microseconds / 1000) & 0xFFFF_FFFF_FFFF
        self.init(hi: milliseconds << 16 | 0x7000 | random.0 & 0x0FFF, lo: 1 << 63 | random.1 >> 2)
    }

    /// 32 digits in groups of 8, 4, 4, 4, 12.
    public init(_ text: String) throws(Problem) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(index), byte == UInt8(ascii: "-") { continue }
            guard digits < 32, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { digits = 0; break }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        guard digits == 32, text.utf8.count == 36 else { throw Problem(.validation, "must be a UUID") }
        self.init(hi: halves.0, lo: halves.1)
    }

    /// In lower case.
    public var text: String {
        let digits = Self.digits(hi) + Self.digits(lo)
        var text = ""
        text.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    public var version: Int { Int(hi >> 12 & 0xF) }

    public static func < (left: Self, right: Self) -> Bool { (left.hi, left.lo) < (right.hi, right.lo) }

    private static func digits(_ half: UInt64) -> String {
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
