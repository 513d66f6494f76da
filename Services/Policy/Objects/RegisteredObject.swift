import GatehouseJSON
import GatehouseModel

/// An object of the resource directory, and the domains in which it lies. In none, it is global: it lies in all of them (A8).
struct RegisteredObject: Sendable, Hashable {
    let object: ObjectReference
    let domains: Set<DomainName>

    /// What a user must reach to write it.
    var reach: Domains { Self.reach(of: domains) }

    static func reach(of domains: Set<DomainName>) -> Domains { domains.isEmpty ? .all : .some(domains) }

    static let absent = Problem(.notFound, "There is no such object.")

    var json: JSON {
        ["type": object.type.json, "id": object.id.json, "domains": .array(domains.sorted().map(\.json))]
    }
}
