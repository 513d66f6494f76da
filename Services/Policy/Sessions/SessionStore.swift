import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The sessions that token publishes, read from the primary at each decision: signing out is immediate, and no copy is held.
struct SessionStore {
    /// A decision waits no longer for a row: its proxy would give up, too.
    private static let patience = Duration.milliseconds(500)

    enum Finding: Sendable {
        case found(user: UserID, userEpoch: Int64, expires: Timestamp)
        case absent
        case unreadable
    }

    static let find = Statement(
        "select user_id, uep, expires_at from token.published_sessions where digest = $1"
    ) { row in
        Finding.found(user: try row.user(), userEpoch: try row.int8(), expires: try row.timestamp())
    }

    let postgres: Postgres

    func find(_ digest: [UInt8]) async -> Finding {
        do {
            let rows = try await postgres.query(Self.find, [.bytea(digest)], within: Self.patience)
            return rows.first ?? .absent
        } catch { return .unreadable }
    }
}
