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
        let refusal = Problem(.validation, "must be a UUID")
        guard text.utf8.count == Self.length else { throw refusal }
        var bits: UInt128 = 0
        for (index, byte) in text.utf8.enumerated() {
            if Self.isHyphen(index) {
                guard byte == UInt8(ascii: "-") else { throw refusal }
            } else {
                guard let digit = byte.hexadecimalDigit else { throw refusal }
                bits = bits << 4 | UInt128(digit)
            }
        }
        self.init(hi: UInt64(truncatingIfNeeded: bits >> 64), lo: UInt64(truncatingIfNeeded: bits))
    }

    /// In lower case.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.length) { text in
            var bits = UInt128(hi) << 64 | UInt128(lo)
            for index in (0..<Self.length).reversed() {
                if Self.isHyphen(index) {
                    text[index] = UInt8(ascii: "-")
                } else {
                    let digit = UInt8(truncatingIfNeeded: bits & 15)
                    text[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    bits >>= 4
                }
            }
            return Self.length
        }
    }

    private static var length: Int { 36 }
    private static func isHyphen(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    public var version: Int { Int(hi >> 12 & 0xF) }

    public static func < (left: Self, right: Self) -> Bool { (left.hi, left.lo) < (right.hi, right.lo) }
}
