import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What `policy bootstrap` reads and writes, in one transaction.
struct BootstrapStore {
    static let system = "'00000000-0000-0000-0000-000000000000'"

    static let lockHead = Statement("update policy.head set revision = revision + 1 returning revision") {
        try $0.revision()
    }
    static let administrator = Statement(
        "select id from policy.account where lower(email) = $1 and not deleted and not system"
    ) { try $0.user() }
    static let isEmpty = Statement("select not exists (select from policy.account where not system)") { try $0.bool() }
    static let catalogue = Statement(
        """
        insert into policy.catalogue (document, revision, updated_at, updated_by) values ($1, $2, now(), \(system))
        """)
    static let scopes = Statement(
        "insert into policy.scope (name, words) select * from unnest($1::text[], $2::text[])")
    static let permissions = Statement(
        "insert into policy.permission (name, words) select * from unnest($1::text[], $2::text[])")
    static let roles = Statement(
        """
        with made as (insert into policy.role (name, revision, created_at, created_by, updated_at, updated_by)
                      select r ->> 'name', $2, now(), \(system), now(), \(system) from jsonb_array_elements($1) r)
        insert into policy.role_permission (role, permission)
        select r ->> 'name', p from jsonb_array_elements($1) r, jsonb_array_elements_text(r -> 'permissions') p
        """)
    static let domains = Statement(
        """
        insert into policy.domain (name, revision, created_at, created_by, updated_at, updated_by)
        select d, $2, now(), \(system), now(), \(system) from unnest($1::text[]) d
        """)
    static let account = Statement(
        """
        with made as (insert into policy.account
                          (id, email, name, all_domains, revision, created_at, created_by, updated_at, updated_by)
                      values ($1, $2, $3, true, $5, now(), \(system), now(), \(system)) returning id)
        insert into policy.account_role (account, role) select id, $4 from made
        """)
    static let tell = Statement(
        """
        with head as (select revision, incarnation from policy.head), changed as (select),
             \(Outbox.told(in: .policy, "$1"))
        select
        """)
    /// The domains of the demonstration.
    static let demonstration = ["www.example.com", "shop.example.com", "news.example.com"]

    let connection: Connection

    func lockHead() async throws -> Revision { try await connection.query(Self.lockHead).first ?? .none }

    func administrator(_ email: EmailAddress) async throws -> UserID? {
        try await connection.query(Self.administrator, .text(email.key)).first
    }

    func isEmpty() async throws -> Bool { try await connection.query(Self.isEmpty).first ?? false }

    func load(_ catalogue: Catalogue, _ roles: JSON, at revision: Revision) async throws {
        try await connection.query(Self.catalogue, .jsonb(catalogue.json.bytes), .revision(revision))
        try await connection.query(
            Self.scopes, .texts(catalogue.allScopes.map(\.name.text)), .texts(catalogue.allScopes.map(\.words.text)))
        try await connection.query(
            Self.permissions, .texts(catalogue.allPermissions.map(\.name.text)),
            .texts(catalogue.allPermissions.map(\.words.text)))
        try await connection.query(Self.roles, .jsonb(roles.bytes), .revision(revision))
        try await connection.query(Self.domains, .texts(Self.demonstration), .revision(revision))
    }

    func add(_ id: UserID, _ email: EmailAddress, _ name: Name, role: String, at revision: Revision) async throws {
        try await connection.query(
            Self.account, .user(id), .text(email), .text(name), .text(role), .revision(revision))
    }

    func tell(_ fact: OutgoingFact) async throws {
        try await connection.query(Self.tell, .jsonb([fact].json.bytes))
    }
}
