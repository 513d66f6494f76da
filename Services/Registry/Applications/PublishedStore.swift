import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What policy publishes to us: users and the catalogue.
struct PublishedStore {
    let postgres: Postgres

    /// Nil where there is none, or no longer.
    func user(_ id: UserID) async throws -> RunAsUser? {
        try await postgres.read(Self.user, .user(id)).first
    }

    /// Those of `scopes` that the catalogue knows.
    func known(_ scopes: [Scope]) async throws -> Set<Scope> {
        scopes.isEmpty ? [] : Set(try await postgres.read(Self.known, .texts(scopes.map(\.text))))
    }

    func scopes() async throws -> [Scope] { try await postgres.read(Self.scopes) }

    func componentKinds() async throws -> [ComponentKind] { try await postgres.read(Self.componentKinds) }
}

extension PublishedStore {
    static let user = Statement(
        """
        select id, name, active, system, permissions, all_domains, domains
        from policy.published_users where id = $1 and not deleted
        """
    ) { row in
        let id = try row.user()
        let name = try row.text()
        let isActive = try row.bool()
        let isSystem = try row.bool()
        let permissions = Set(try row.texts().map(Permission.init))
        let hasAllDomains = try row.bool()
        let domains = Set(try row.texts().map(DomainName.init))
        return RunAsUser(
            id: id, name: name, isActive: isActive, isSystem: isSystem, permissions: permissions,
            domains: hasAllDomains ? .all : .some(domains))
    }

    static let known = Statement(
        "select name from policy.published_catalogue where kind = 'scope' and name = any ($1)"
    ) { row in try row.value(Scope.self) }

    static let componentKinds = Statement(
        "select name from policy.published_catalogue where kind = 'internal_kind' order by name"
    ) { row in try row.value(ComponentKind.self) }

    static let scopes = Statement("select name from policy.published_catalogue where kind = 'scope' order by name") {
        row in try row.value(Scope.self)
    }
}
