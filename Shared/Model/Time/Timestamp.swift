/// A moment, in µs since 1970 (UTC, without leap seconds), within the years 1 to 9999.
public struct Timestamp: Hashable, Comparable, Sendable {
    public static let earliest = Timestamp(seconds: -62_135_596_800)
    public static let latest = Timestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)

    public let microseconds: Int64

    /// What lies beyond the range is moved to its end.
    public init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, -62_135_596_800_000_000), 253_402_300_799_999_999)
    }

    /// As `clock_gettime` says it.
    public init(seconds: Int64, nanoseconds: Int = 0) {
        let (whole, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: isTooFar ? (seconds < 0 ? .min : .max) : whole &+ Int64(nanoseconds / 1000))
    }

    /// Whole seconds, as in `iat` and `exp`.
    public var seconds: Int64 { (microseconds - (microseconds % 1_000_000 + 1_000_000) % 1_000_000) / 1_000_000 }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    public static func + (left: Self, right: Duration) -> Self {
        let (sum, isTooFar) = left.microseconds.addingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: isTooFar ? (right < .zero ? .min : .max) : sum)
    }

    public static func - (left: Self, right: Duration) -> Self { left + (.zero - right) }

    public static func - (left: Self, right: Self) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }
}

extension Duration {
    /// Of what is too long, as much as 64 bits hold.
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isTooMuch) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return isTooLong || isTooMuch ? (seconds < 0 ? .min : .max) : sum
    }
}
