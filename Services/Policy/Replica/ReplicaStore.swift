import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rows by which replicas of policy show that they live, and what they have applied.
struct ReplicaStore {
    private static let applied = """
        applied_registry = greatest(applied_registry, $2), applied_policy = greatest(applied_policy, $3),
        applied_token = greatest(applied_token, $4)
        """

    /// The heads as a renewal found them, and PostgreSQL's clock then.
    struct Renewal: Sendable {
        let heads: Heads
        let clock: Timestamp
    }

    static let join = Statement("insert into policy.replica (id, state, ttl_ms) values ($1, 'joining', $2)")
    static let live = Statement("update policy.replica set renewals = renewals + 1 where id = $1")
    static let activate = Statement(
        "update policy.replica set state = 'active', \(applied) where id = $1 and state = 'joining'")
    static let renew = Statement(
        """
        update policy.replica set renewals = renewals + 1, \(applied) where id = $1
        returning (select incarnation from registry.published_head), (select revision from registry.published_head),
                  (select incarnation from policy.published_head), (select revision from policy.published_head),
                  (select incarnation from token.published_head), (select revision from token.published_head),
                  clock_timestamp()
        """
    ) { row in Renewal(heads: try Heads(row: &row), clock: try row.timestamp()) }
    static let tell = Statement("update policy.replica set \(applied) where id = $1 and state = 'active'")
    static let leave = Statement("delete from policy.replica where id = $1")
    static let all = Statement("select id, ttl_ms, renewals from policy.replica") { row in
        try ReplicaRow(id: row.uuid(), timeToLive: .milliseconds(row.int4()), renewals: row.int8(), applied: 0)
    }
    static let sweep = Statement("delete from policy.replica where id = $1 and renewals = $2")

    private let postgres: Postgres

    init(_ postgres: Postgres) { self.postgres = postgres }

    func join(_ id: UInt128, timeToLive: Duration) async throws {
        try await postgres.query(Self.join, .uuid(id), .int4(Int32(timeToLive.milliseconds)))
    }

    /// A sign of life that asks for nothing.
    func live(_ id: UInt128) async throws { try await postgres.query(Self.live, .uuid(id)) }

    /// False when the row is gone.
    func activate(_ id: UInt128, _ applied: Heads) async throws -> Bool {
        try await !postgres.query(Self.activate, applied.values(of: id)).isEmpty
    }

    /// What is so; nil when the row is gone.
    func renew(_ id: UInt128, _ applied: Heads) async throws -> Renewal? {
        try await postgres.query(Self.renew, applied.values(of: id)).first
    }

    /// So that barriers see it before the next renewal.
    func tell(_ id: UInt128, _ applied: Heads) async throws {
        try await postgres.query(Self.tell, applied.values(of: id))
    }

    func leave(_ id: UInt128) async throws { try await postgres.query(Self.leave, .uuid(id)) }

    func all() async throws -> [ReplicaRow] { try await postgres.query(Self.all) }

    /// By compare: a replica that has renewed meanwhile keeps its row.
    func sweep(_ row: ReplicaRow) async throws -> Bool {
        try await !postgres.change(Self.sweep, .uuid(row.id), .int8(row.renewals)).isEmpty
    }
}

extension Heads {
    fileprivate init(row: inout RowReader) throws {
        func head(_ row: inout RowReader) throws -> Head {
            Head(incarnation: try row.uuid(), revision: try row.revision())
        }
        self.init(registry: try head(&row), policy: try head(&row), token: try head(&row))
    }

    fileprivate func values(of id: UInt128) -> [Value] {
        [.uuid(id)] + Schema.allCases.map { .revision(self[$0].revision) }
    }
}
