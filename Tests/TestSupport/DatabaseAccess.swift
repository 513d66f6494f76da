import GatehouseEventLoop
public import GatehousePostgres

/// A look behind the service's back, as the superuser.
extension TestDatabase {
    /// Runs a text of several statements.
    public func script(_ sql: String) async throws {
        try await connected { try await $0.script(sql) }
    }

    /// As the superuser, or as a role.
    @discardableResult
    public func query<Row: Sendable>(
        _ statement: Statement<Row>, _ values: [Value] = [], as role: String? = nil
    ) async throws -> [Row] {
        try await connected(as: role) { try await $0.query(statement, values) }
    }

    /// The one value of a query that gives one.
    public func text(_ sql: String) async throws -> String {
        try await query(Statement("select (\(sql))::text") { try $0.optionalText() ?? "null" }).first ?? "nothing"
    }

    /// Runs `body` in a transaction that holds what `sql` locks.
    public func holding<Result: Sendable>(
        _ sql: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await connected { connection in
            try await connection.transaction {
                _ = try await connection.query(Statement<Void>(sql))
                return try await body()
            }
        }
    }

    /// Whether a statement like `pattern` waits for a lock.
    public func isWaiting(_ pattern: String) async throws -> Bool {
        let waiting = Statement(
            """
            select exists (
                select from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and query like $1)
            """
        ) { try $0.bool() }
        return try await query(waiting, [.text(pattern)]).first == true
    }

    private func connected<Result: Sendable>(
        as role: String? = nil, _ body: @Sendable (Connection) async throws -> Result
    ) async throws -> Result {
        let url = try role.map { try self.url(as: $0) } ?? self.url
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            return try await body(connection)
        }
    }
}
