/// Why a caller of the database gets no rows.
public enum PostgresError: Error, Sendable, Hashable {
    /// PostgreSQL refused the statement; a violated constraint is named.
    case server(sqlstate: String, constraint: String?, message: String)
    /// No connection, no room, or the connection was lost before the answer: what was sent may have taken effect.
    case unavailable(String)
    /// The server gave up, and nothing has changed.
    case timeout(Limit)
    /// The caller's task was cancelled: what was sent may have taken effect.
    case cancelled
    /// A row is not what its decoder expects; what the statement did stands.
    case decoding(String)

    /// What took too long: `statement_timeout` or `lock_timeout`.
    public enum Limit: Sendable, Hashable { case statement, lock }

    init(sqlstate: String, constraint: String?, message: String) {
        self =
            switch sqlstate {
            case "57014": .timeout(.statement)
            case "55P03": .timeout(.lock)
            case "25P03", "57P01", "57P02", "57P03", "57P05": .unavailable(message)
            case _ where sqlstate.hasPrefix("08"): .unavailable(message)
            default: .server(sqlstate: sqlstate, constraint: constraint, message: message)
            }
    }
}
