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
