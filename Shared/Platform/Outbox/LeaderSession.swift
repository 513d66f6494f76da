public import GatehousePostgres

/// The session whose lock makes its process the leader. PostgreSQL ends it where the process stands still, so that another may lead.
public enum LeaderSession {
    /// More than a batch may wait for Kafka.
    public static let patience = Duration.seconds(60)

    static let limit = Statement(
        """
        select set_config('idle_session_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false)
        """
    ) { (outside: try $0.text(), inside: try $0.text()) }

    /// Before the lock is taken: whoever leads must ask something within `patience`.
    public static func begin(_ connection: Connection, patience: Duration = patience) async throws {
        try await connection.query(limit, .text("\(patience / .milliseconds(1))ms"))
    }
}
