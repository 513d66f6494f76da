public import GatehouseModel
public import GatehousePostgres

/// What keeps a user while two services decide on them: registry puts an application under the user, policy deletes them.
///
/// Each looks at what the other publishes, and no constraint spans their schemas. So each takes this lock in the transaction that
/// writes, before the statement that looks (04 § Heads), and before its head. Who puts applications under a user shares it.
public enum RunAsLock {
    public static let share = Statement(
        "select pg_advisory_xact_lock_shared(hashtextextended('run-as ' || $1::uuid::text, 0))")

    public static let exclude = Statement(
        "select pg_advisory_xact_lock(hashtextextended('run-as ' || $1::uuid::text, 0))")
}

extension Postgres {
    /// A transaction that has taken the user's lock: its statements see what the lock's last holder committed.
    public func write<Result>(
        locking user: UserID, by lock: Statement<Void>, refusals: [String: Problem] = [:],
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        do {
            return try await transaction { connection in
                try await connection.query(lock, .user(user))
                let result = try await body(connection)
                Fault.point(.changeBeforeCommit)
                return result
            }
        } catch let error as PostgresError {
            throw Problem(error, refusals)
        }
    }
}
