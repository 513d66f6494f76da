import GatehousePostgres

/// The replicas of policy, as the barrier of `schema` sees them.
struct ReplicaStore {
    private let postgres: Postgres
    private let active: Statement<ReplicaRow>

    init(_ schema: Schema, _ postgres: Postgres) {
        self.postgres = postgres
        active = Self.active(of: schema)
    }

    private static func active(of schema: Schema) -> Statement<ReplicaRow> {
        Statement(
            """
            select id, ttl_ms, renewals, applied_\(schema.rawValue)
            from policy.published_replicas where state = 'active'
            """
        ) { row in
            try ReplicaRow(
                id: row.uuid(), timeToLive: .milliseconds(row.int4()), renewals: row.int8(), applied: row.int8())
        }
    }

    static func sample(of schema: Schema) -> StatementSample { StatementSample(active(of: schema)) }

    func active() async throws(PostgresError) -> [ReplicaRow] { try await postgres.query(active) }
}
