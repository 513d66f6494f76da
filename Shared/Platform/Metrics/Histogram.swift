/// How long things took, in buckets from 50 µs to 10 s.
public final class Histogram {
    private static let bounds: [(label: String, length: Duration)] = [
        ("0.00005", .microseconds(50)), ("0.0001", .microseconds(100)), ("0.00025", .microseconds(250)),
        ("0.0005", .microseconds(500)), ("0.001", .milliseconds(1)), ("0.0025", .microseconds(2500)),
        ("0.005", .milliseconds(5)), ("0.01", .milliseconds(10)), ("0.025", .milliseconds(25)),
        ("0.05", .milliseconds(50)),
        ("0.1", .milliseconds(100)), ("0.25", .milliseconds(250)), ("0.5", .milliseconds(500)), ("1", .seconds(1)),
        ("2.5", .milliseconds(2500)), ("5", .seconds(5)), ("10", .seconds(10)),
    ]
    private var buckets = [Int](repeating: 0, count: bounds.count + 1)
    public private(set) var count = 0
    private var total = Duration.zero

    public func observe(_ length: Duration) {
        buckets[Self.bounds.firstIndex { length <= $0.length } ?? Self.bounds.count] += 1
        count += 1
        total += length
    }

    public var sum: Double { total.seconds }

    /// Each bound in seconds, and how many were not longer.
    public var cumulative: [(bound: String, count: Int)] {
        var below = 0
        return zip(Self.bounds.map(\.label) + ["+Inf"], buckets).map { label, count in
            below += count
            return (label, below)
        }
    }
}
