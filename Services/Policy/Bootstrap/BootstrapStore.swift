import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The first rows of an installation, all or none.
struct BootstrapStore {
    let postgres: Postgres

    func run<Result>(_ body: (Installation) async throws -> Result) async throws -> Result {
        try await postgres.transaction { connection in
            // Before the look: what others have committed is seen, and nobody commits meanwhile (04 § Heads).
            try await connection.query(CatalogueStore.lock)
            return try await body(Installation(connection: connection))
        }
    }
}

/// A transaction that makes an installation, by the statements that the routes use, each with its own fact.
struct Installation {
    let connection: Connection

    /// The administrator of this address; nil where there is none at all.
    func administrator(_ email: EmailAddress) async throws -> UserID? {
        let administrators = try await connection.query(Self.administrators)
        if let known = administrators.first(where: { $0.email.key == email.key }) { return known.id }
        guard administrators.isEmpty else { throw Bootstrap.Failure.notTheFirst }
        return nil
    }

    func name(_ system: EmailAddress, by author: Author) async throws {
        let fact = OutgoingFact.access(
            .userUpdated, .update, ("user", .user, UserID.system.text, "System"), [FieldChange(redacting: "email")],
            by: author)
        try await connection.query(Self.nameSystem, [.text(system.text)] + Change([fact], by: author).values)
    }

    /// Leaves a catalogue that is there.
    func load(_ catalogue: Catalogue, by author: Author) async throws {
        let fact = OutgoingFact.access(
            .catalogueUpdated, .update, ("catalogue", .catalogue, "catalogue", "Catalogue"), by: author)
        try await connection.query(
            Self.loadCatalogue,
            [.jsonb(catalogue.json.bytes)] + Change([fact], by: author).values + CatalogueStore.names(of: catalogue))
    }

    /// Leaves a role that is there.
    func make(_ name: RoleName, _ permissions: Set<Permission>, by author: Author) async throws {
        let fact = OutgoingFact.role(.roleCreated, .create, name, from: nil, to: permissions, by: author)
        try await connection.query(
            RoleStore.create, RoleStore.values(name, permissions, Change([fact], by: author)) + Self.noClaim)
    }

    /// Leaves a domain that is there.
    func make(_ name: DomainName, by author: Author) async throws {
        let fact = OutgoingFact.domain(.domainCreated, .create, name, by: author)
        try await connection.query(
            DomainStore.create, DomainStore.values(name, Change([fact], by: author)) + Self.noClaim)
    }

    func make(_ id: UserID, _ profile: User.Profile, by author: Author) async throws {
        let fact = OutgoingFact.user(.userCreated, .create, id, from: nil, to: profile, by: author)
        do {
            try await connection.query(
                UserStore.create, UserStore.values(id, profile, Change([fact], by: author)) + Self.noClaim)
        } catch PostgresError.server(_, constraint: "account_email", _) {
            throw Bootstrap.Failure.taken(profile.email)
        }
    }
}

extension Installation {
    /// The host has no Idempotency-Key.
    private static let noClaim = (nil as Claim?).values(keeping: [])

    /// Who may do everything, everywhere.
    static let administrators = Statement(
        """
        select a.id, a.email from policy.account a
        where a.active and a.all_domains and not a.system and not a.deleted
            and exists (select from policy.permission)
            and not exists (
                select from policy.permission p where p.listed and not exists (
                    select from policy.account_role r join policy.role_permission given on given.role = r.role
                    where r.account = a.id and given.permission = p.name))
        order by a.id
        """
    ) { row in (id: try row.user(), email: try row.value(EmailAddress.self)) }

    static let nameSystem = Statement(
        """
        with \(Change.head(where: "exists (select from policy.account where system and email <> $1)")),
            changed as (
                update policy.account a set email = $1, revision = head.revision, updated_at = $2, updated_by = $3
                from head where a.system
                returning a.revision),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))

    static let loadCatalogue = Statement(
        """
        with \(Change.head(where: "not exists (select from policy.catalogue)")),
            changed as (
                insert into policy.catalogue (document, revision, updated_at, updated_by)
                select $1, head.revision, $2, $3 from head
                returning revision),
            scopes as (
                insert into policy.scope (name, words)
                select scope.name, scope.words from changed, unnest($5::text[], $6::text[]) as scope (name, words)),
            permissions as (
                insert into policy.permission (name, words)
                select permission.name, permission.words
                from changed, unnest($7::text[], $8::text[]) as permission (name, words)),
            openings as (
                insert into policy.scope_permission (scope, permission)
                select o.scope, o.permission from changed, unnest($9::text[], $10::text[]) as o (scope, permission)),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))
}
