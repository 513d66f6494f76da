/// How much a transaction sees of the others.
public enum Isolation: String, Sendable {
    case readCommitted = "read committed"
    case repeatableRead = "repeatable read"
    case serializable

    func begin(readOnly: Bool) -> String { "begin isolation level \(rawValue)\(readOnly ? " read only" : "")" }
}

extension Connection {
    private static let commit = StatementText("commit")
    private static let rollback = StatementText("rollback")

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws. `begin` costs no round trip.
    @discardableResult
    public func transaction<Result>(
        _ isolation: Isolation = .readCommitted, readOnly: Bool = false, _ body: () async throws -> Result
    ) async throws -> Result {
        begin(isolation.begin(readOnly: readOnly))
        do {
            let result = try await body()
            if Task.isCancelled { throw PostgresError.cancelled }
            let commit = Command(Self.commit, [])
            guard end(commit) else { return result }
            try await commit.answer()
            // So does PostgreSQL answer when a statement has failed and nobody minded.
            guard commit.tag == "COMMIT" else {
                throw PostgresError.server(
                    sqlstate: "25P02", constraint: nil, message: "a statement of the transaction had failed")
            }
            return result
        } catch {
            _ = end(Execution(Self.rollback, []))
            throw error
        }
    }
}
