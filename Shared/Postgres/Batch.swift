/// Statements between two syncs: one transaction, which the sync commits. If one fails, none has happened.
final class Batch {
    /// More would keep the server idle while they gather.
    private static var limit: Int { 8 }

    private(set) var executions: [Execution] = []
    private var answered = 0
    private var failed = false
    private var guilty: Execution?

    var isFull: Bool { executions.count >= Self.limit }

    func append(_ execution: Execution) { executions.append(execution) }

    /// The statement that the next result belongs to; nil when only the sync is to come.
    private var current: Execution? { answered < executions.count ? executions[answered] : nil }

    func take(_ rows: borrowing Rows) {
        guard let current, isOwn(current) else { return }
        guard current.failure == nil, !current.isAbandoned else { return }
        do { try current.take(rows) } catch { current.fail(error) }
    }

    /// Returns the name of what could not be prepared.
    func fail(_ error: PostgresError) -> String? {
        failed = true
        // A commit that fails (a constraint that is checked at the end) is nobody's in particular, unless there is one only.
        guard let current = current ?? (executions.count == 1 ? executions.first : nil) else { return nil }
        guilty = current
        current.fail(error)
        return isOwn(current) ? nil : current.name
    }

    /// Returns the name of what was not prepared.
    func skip() -> String? {
        guard let current, !isOwn(current) else { return nil }
        return current.name
    }

    /// Whether it has not happened for a failure that is not its own.
    func mustRepeat(_ execution: Execution) -> Bool {
        failed && executions.count > 1 && execution !== guilty
    }

    /// Counts a result: whether it is the statement's own, or of what came before it.
    private func isOwn(_ execution: Execution) -> Bool {
        if execution.preludes > 0 {
            execution.preludes -= 1
            return false
        }
        answered += 1
        return true
    }
}
