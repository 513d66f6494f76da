public import GatehousePostgres

/// A statement with parameters of its types: a test prepares it against the schema.
public struct StatementSample: Sendable {
    public let sql: String
    public let values: [Value]
    /// Run by a command on the host, as the schema's owner.
    public let isHosts: Bool

    public init<Row>(_ statement: Statement<Row>, _ values: [Value] = [], isHosts: Bool = false) {
        sql = statement.sql
        self.values = values
        self.isHosts = isHosts
    }
}
