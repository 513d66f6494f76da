import GatehouseJSON
import GatehouseModel

/// A part of the organisation, such as a site, to which users' rights can be limited (F46).
struct Domain: Administered, Sendable, Hashable {
    static let noun = "domain"

    let name: DomainName
    let revision: Revision

    var json: JSON { .object(Self.json(name)) }

    static func json(_ name: DomainName) -> JSON.Object { ["name": name.json] }
}
