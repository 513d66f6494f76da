/// A set of addresses as sorted, disjoint bounds: what the IP lists are while they decide.
///
/// Whether an empty list means *nobody* or *no restriction* is for its reader to say (here it contains nothing).
public struct AddressRanges: Sendable, Hashable {
    public struct Bounds: Sendable, Hashable {
        public let low: Address
        public let high: Address

        public init(low: Address, high: Address) {
            self.low = low
            self.high = high
        }
    }

    public let bounds: [Bounds]

    public static let none = AddressRanges([Bounds]())

    public init(_ ranges: some Sequence<AddressRange>) {
        self.init(ranges.flatMap(\.bounds))
    }

    /// Joins what overlaps or touches; bounds that end before they begin hold nothing.
    public init(_ bounds: some Sequence<Bounds>) {
        var joined: [Bounds] = []
        for next in bounds.filter({ $0.low <= $0.high }).sorted(by: { $0.low < $1.low }) {
            if let last = joined.last, last.high.bits == .max || next.low.bits <= last.high.bits + 1 {
                joined[joined.count - 1] = Bounds(low: last.low, high: max(last.high, next.high))
            } else {
                joined.append(next)
            }
        }
        self.bounds = joined
    }

    public var isEmpty: Bool { bounds.isEmpty }

    public func contains(_ address: Address) -> Bool {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle].high < address { low = middle + 1 } else { high = middle }
        }
        return low < bounds.count && bounds[low].low <= address
    }
}
