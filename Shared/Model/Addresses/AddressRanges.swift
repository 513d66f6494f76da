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

    /// Whether all addresses of `others` are here.
    public func contains(_ others: AddressRanges) -> Bool {
        var index = 0
        return others.bounds.allSatisfy { other in
            // Bounds that touch are joined: one of ours holds all of it, or none does.
            while index < bounds.count, bounds[index].high < other.low { index += 1 }
            return index < bounds.count && bounds[index].low <= other.low && other.high <= bounds[index].high
        }
    }
}
