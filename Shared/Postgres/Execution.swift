import GatehouseEventLoop

/// A statement on its way: made for its caller, sent by a connection, ended exactly once.
class Execution {
    let text: StatementText
    let values: [Value]
    /// The prepared statement that it was sent for.
    var name = ""
    /// How many results come before its own: those of `begin` and of the preparation.
    var preludes = 0
    /// It stands alone and for the first time: if its preparation is gone, it may be sent once more.
    var mayRepeat = true
    private(set) var isAgain = false
    /// Nobody waits any more: it need not be sent, and its rows need not be decoded.
    private(set) var isAbandoned = false
    private var abandonment: PostgresError?
    private(set) var failure: PostgresError?
    private let ended = Latch()

    init(_ text: StatementText, _ values: [Value]) {
        self.text = text
        self.values = values
    }

    func take(_ rows: borrowing Rows) throws(PostgresError) {}

    func fail(_ error: PostgresError) { failure = error }

    func `repeat`() {
        isAgain = true
        failure = nil
    }

    /// What it met was a neighbour's failure.
    func forgive() { failure = nil }

    func end() { ended.open() }

    /// Ends what has no failure yet with one.
    func end(_ error: PostgresError) {
        if failure == nil { failure = error }
        end()
    }

    /// Its caller waits no longer, and is told so whatever comes later.
    func abandon(_ error: PostgresError) {
        isAbandoned = true
        abandonment = error
        end()
    }

    /// Waits for the end. A cancelled wait leaves the execution to its connection, which drops the result.
    func answer() async throws(PostgresError) {
        do {
            try await ended.wait()
        } catch {
            isAbandoned = true
            throw .cancelled
        }
        if let error = abandonment ?? failure { throw error }
    }
}

/// An execution that decodes its rows.
final class Reading<Row: Sendable>: Execution {
    private let decoder: Statement<Row>.Decoder
    private(set) var rows: [Row] = []

    init(_ statement: Statement<Row>, _ values: [Value]) {
        decoder = statement.decoder
        super.init(statement.text, values)
    }

    override func take(_ rows: borrowing Rows) throws(PostgresError) {
        switch decoder {
        case .rows(let decode): self.rows = try rows.decode(decode)
        case .count(let row): self.rows = Array(repeating: row, count: rows.touched)
        }
    }
}

/// An execution that keeps the command's tag.
final class Command: Execution {
    private(set) var tag = ""

    override func take(_ rows: borrowing Rows) { tag = rows.tag }
}
