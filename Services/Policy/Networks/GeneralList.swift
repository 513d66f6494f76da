import GatehouseJSON
import GatehouseModel

/// The general IP allow-list: what it allows is allowed to everybody; an empty one restricts nobody (A6).
struct GeneralList: Administered, Sendable, Hashable {
    static let noun = "list"

    let ranges: [NotedRange]
    let revision: Revision

    func allows(_ address: Address) -> Bool { ranges.isEmpty || range(of: address) != nil }

    /// The first entry that holds the address.
    func range(of address: Address) -> AddressRange? { ranges.first { $0.range.contains(address) }?.range }

    var json: JSON { ["items": .array(ranges.map(\.json))] }
}
