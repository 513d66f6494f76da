import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// Every statement of users, roles, domains, the general list and bootstrap, with parameters of its types: a test prepares each against
/// the schema.
package enum AdministrationStatements {
    package static let all: [StatementSample] = users + roles + domains + networks + catalogue + objects + installation

    private static let users = [
        sample(CreatedStore.find, [.text(""), .text(""), .text(""), .timestamptz(microsSince1970: 0)]),
        sample(UserStore.list, [.text(""), .uuid(0), .int8(51)]), sample(UserStore.find, [.uuid(0)]),
        sample(UserStore.applications, [.uuid(0)]), sample(UserStore.create, change(.uuid(0)) + profile + claim),
        sample(UserStore.replace, change(.uuid(0)) + profile + [.int8(0)]),
        sample(UserStore.delete, change(.uuid(0)) + [.int8(0)]), sample(RunAsLock.exclude, [.uuid(0)]),
    ]

    private static let roles = [
        sample(RoleStore.list, [.text(""), .int8(51)]), sample(RoleStore.find, [.texts([])]),
        sample(RoleStore.complete),
        sample(RoleStore.heldBeyond, [.text(""), .texts([]), .bool(true), .texts([])]),
        sample(RoleStore.create, change(.text("")) + [.texts([])] + claim),
        sample(RoleStore.replace, change(.text("")) + [.int8(0), .texts([])]),
        sample(RoleStore.delete, change(.text("")) + [.int8(0)]),
    ]

    private static let domains = [
        sample(DomainStore.list, [.text(""), .int8(51)]), sample(DomainStore.find, [.text("")]),
        sample(DomainStore.known, [.texts([])]), sample(DomainStore.create, change(.text("")) + claim),
        sample(DomainStore.delete, change(.text("")) + [.int8(0)]), sample(DomainStore.byIndex),
        sample(DomainStore.lock, [.text("")]),
    ]

    private static let networks = [
        sample(NetworkStore.find), sample(NetworkStore.verdict, [.text(""), .bytea([])]),
        sample(NetworkStore.replace, change(.int8(0)) + [.texts([]), .texts([]), .byteas([]), .byteas([])]),
    ]

    private static let catalogue = [
        sample(CatalogueStore.lock), sample(CatalogueStore.scopes), sample(CatalogueStore.permissions),
        sample(CatalogueStore.find),
        sample(CatalogueStore.uses, [.texts([]), .texts([]), .texts([])]),
        sample(
            CatalogueStore.replace,
            change(.int8(0)) + [.jsonb(Array("{}".utf8))] + Array(repeating: .texts([]), count: 8)),
    ]

    private static let objects = [
        decided, session, sample(ObjectStore.look, [.text(""), .text(""), .texts([])]),
        sample(ObjectStore.create, [.text(""), .text(""), .texts([]), facts]),
        sample(ObjectStore.replace, [.text(""), .text(""), .texts([]), facts, .texts([])]),
        sample(ObjectStore.delete, [.text(""), .text(""), .texts([]), facts]), objectsOfDomain,
    ]

    /// What a decision reads.
    package static let decided = sample(ObjectStore.find, [.text("segment"), .text("42")])
    package static let session = sample(SessionStore.find, [.bytea([UInt8](repeating: 0, count: 32))])
    package static let objectsOfDomain = sample(ObjectStore.isInUse, [.text("")])

    private static let installation = [
        sample(Installation.administrators, hosts: true),
        sample(Installation.nameSystem, change(.text("")), hosts: true),
        sample(
            Installation.loadCatalogue,
            change(.jsonb(Array("{}".utf8))) + Array(repeating: .texts([]), count: 6), hosts: true),
    ]

    private static func sample<Row>(
        _ statement: Statement<Row>, _ values: [Value] = [], hosts: Bool = false
    ) -> StatementSample {
        StatementSample(statement, values, isHosts: hosts)
    }

    private static let claim: [Value] = (nil as Claim?).values(keeping: [])

    private static func change(_ changed: Value) -> [Value] {
        [changed, .timestamptz(microsSince1970: 0), .uuid(0), facts]
    }

    private static let facts = Value.jsonb(Array("[]".utf8))

    private static let profile: [Value] = [
        .text(""), .text(""), .text(nil), .bool(true), .bool(true), .texts([]), .texts([]),
    ]
}
