import GatehouseJSON
import GatehouseModel

/// What a list says of an address: an empty one allows it by no range.
struct NetworkVerdict: Sendable, Hashable {
    let allowed: Bool
    let range: String?

    var json: JSON { ["allowed": .bool(allowed), "range": range.map { .string($0) } ?? .null] }
}

extension AddressRanges.Bounds {
    /// As an entry of a list would be written.
    var text: String {
        let text = "\(low)-\(high)"
        return (try? AddressRange(text))?.description ?? text
    }
}
