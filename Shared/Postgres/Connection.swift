import GatehouseEventLoop

/// One connection in pipeline mode: statements are sent as they come, and answered in order. Lives on its core.
///
/// A statement that fails harms no other. Errors: `PostgresError`.
public final class Connection {
    /// What is in flight, in the order of its syncs; the last may still wait for its own.
    private var sent = Queue<Batch>()
    private var gathering: Batch?
    private var underway = 0
    private var link: Link
    private let events: Events
    private let descriptor: Int32
    private var parameters = Parameters()
    private var prepared = PreparedStatements()
    private var wantsToWrite = false
    /// Sent before the next statement, in the same sync.
    private var opening: String?
    /// Between a `begin` and its end, as far as they are sent.
    private var isInTransaction = false
    private var script: Execution?
    private var readings = 0

    public private(set) var isOpen = true
    /// Its time is up: it serves its present caller, and no other.
    var isAged = false
    /// Called when answers have come: there is room again.
    var progressed: (() -> Void)?
    /// Called once, when the connection is lost or closed.
    var ended: (() -> Void)?

    public var inFlight: Int { underway + (script == nil ? 0 : 1) }
    /// The server's process, as in `pg_stat_activity`.
    public var backend: Int32 { link.backend }
    /// Nothing is in flight, and no transaction is open.
    var isIdle: Bool { inFlight == 0 && link.isIdle }

    /// Takes a link that is open.
    init(_ link: consuming Link, _ events: Events, patience: Duration?) throws(PostgresError) {
        self.link = link
        self.events = events
        descriptor = self.link.descriptor
        guard self.link.enterPipeline() else { throw .unavailable(self.link.message) }
        events.watch(descriptor, for: .read) { [unowned self] _ in self.ready() }
        if let patience { guardAnswers(patience) }
    }

    deinit { lose("the connection was dropped") }

    /// The rows of one statement.
    @discardableResult
    public func query<Row>(_ statement: Statement<Row>, _ values: Value...) async throws(PostgresError) -> [Row] {
        try await query(statement, values)
    }

    @discardableResult
    public func query<Row>(_ statement: Statement<Row>, _ values: [Value]) async throws(PostgresError) -> [Row] {
        let reading = Reading(statement, values)
        send(reading)
        try await reading.answer()
        return reading.rows
    }

    /// Runs a text of several statements (a migration), all or nothing. Nothing else may be in flight.
    public func script(_ sql: String) async throws(PostgresError) {
        guard isOpen else { throw .unavailable(link.message) }
        guard inFlight == 0, opening == nil else { throw .unavailable("a script needs the connection for itself") }
        let execution = Execution(StatementText(unnumbered: sql), [])
        guard link.leavePipeline(), link.script(sql) else {
            lose(link.message)
            throw .unavailable(link.message)
        }
        script = execution
        flush()
        try await execution.answer()
    }

    /// Closes as soon as nothing is in flight.
    func retire() async {
        if isOpen, inFlight > 0 {
            let drained = Latch()
            progressed = { [unowned self] in if inFlight == 0 { drained.open() } }
            ended = { drained.open() }
            try? await drained.wait()
        }
        close()
    }

    /// Ends all that the session holds: locks, settings, prepared statements.
    func discard() {
        guard isIdle else { return close() }
        send(Execution(Self.discardAll, []))
        prepared.forgetAll()
    }
    private static let discardAll = StatementText("discard all")

    /// Closes at once: what is in flight ends as `.unavailable`.
    public func close() { lose("the connection is closed") }

    /// `sql` (a `begin`) goes out before the next statement, in the same sync: if it fails, so does the statement.
    func begin(_ sql: String) { opening = sql }

    /// Sends the end of the transaction, unless its `begin` was not sent either.
    func end(_ execution: Execution) -> Bool {
        guard opening.take() == nil else { return false }
        isInTransaction = false
        send(execution)
        return true
    }

    /// Sends it with a sync of its own; or, where it may share one, with what else comes in this turn of the core.
    func send(_ execution: Execution, sharing: Bool = false) {
        events.check()
        guard isOpen else { return execution.end(.unavailable("the connection is closed")) }
        guard script == nil else { return execution.end(.unavailable("a script has the connection for itself")) }
        if !sharing { sync() }
        let batch = gathering ?? Batch()
        if gathering == nil { sent.append(batch) }
        batch.append(execution)
        underway += 1
        guard pass(execution) else { return lose(link.message) }
        if sharing, !batch.isFull {
            if gathering == nil { events.atEndOfTurn { [weak self] in self?.sync() } }
            gathering = batch
        } else {
            gathering = batch
            sync()
        }
    }

    /// Gives it to libpq, with what has to come before.
    private func pass(_ execution: Execution) -> Bool {
        parameters.fill(execution.values)
        execution.preludes = 0
        execution.mayRepeat = !isInTransaction && opening == nil && !execution.isAgain
        var isSent = true
        if let opening = opening.take() {
            execution.preludes += 1
            isInTransaction = true
            isSent = link.execute(opening)
        }
        let (name, isNew) = prepared.name(for: execution.text.number, parameters.types)
        execution.name = name
        if isNew {
            execution.preludes += 1
            isSent = isSent && link.prepare(name, execution.text.sql, parameters.types)
        }
        return isSent && link.execute(name, &parameters)
    }

    private func sync() {
        guard gathering.take() != nil, isOpen else { return }
        guard link.sync() else { return lose(link.message) }
        flush()
    }

    /// While libpq has more to write than the socket takes, we wait for both directions: or both sides fill up and stop.
    private func flush() {
        let flushed = link.flush()
        if flushed == .failed { return lose(link.message) }
        guard (flushed == .more) != wantsToWrite else { return }
        wantsToWrite = flushed == .more
        events.change(descriptor, to: wantsToWrite ? [.read, .write] : .read)
    }

    private func ready() {
        readings &+= 1
        let isAlive = link.consume()
        if script == nil { takeAnswers() } else { takeScript() }
        guard isAlive, link.isOpen else { return lose(link.message) }
        flush()
        progressed?()
    }

    private func takeAnswers() {
        var pauses = 0
        while let batch = sent.first, !link.isBusy, pauses < 3 {
            guard let rows = link.next() else {
                pauses += 1  // one ends the results of each statement
                continue
            }
            pauses = 0
            switch rows.kind {
            case .rows, .done: batch.take(rows)
            case .failed:
                if let name = batch.fail(rows.error) { prepared.forget(name, for: rows.error) }
            case .skipped:
                if let name = batch.skip() { prepared.forget(name) }
            case .synced:
                _ = sent.popFirst()
                settle(batch)
            case .unusable:
                return lose("COPY is not spoken here")
            }
        }
        if pauses == 3, link.isOpen { lose("the connection is out of step") }
    }

    /// The sync has come: what the statements did is committed, or undone. Those that are undone by a neighbour's failure are sent again,
    /// each alone.
    private func settle(_ batch: Batch) {
        underway -= batch.executions.count
        for execution in batch.executions {
            if batch.mustRepeat(execution) {
                execution.forgive()
                send(execution)
            } else {
                settle(execution)
            }
        }
    }

    private func settle(_ execution: Execution) {
        guard case .server(let sqlstate, _, _) = execution.failure, ["0A000", "26000"].contains(sqlstate) else {
            return execution.end()
        }
        // Its plan or its preparation is gone (`add column`, `discard all`), and it has done nothing: prepared anew, once.
        prepared.forget(execution.name)
        if execution.mayRepeat, !execution.isAbandoned {
            execution.repeat()
            return send(execution)
        }
        // It relied on a preparation that was on its way, and failed: that is what its caller wants to know.
        if sqlstate == "26000", let reason = prepared.reason(execution.name) { execution.fail(reason) }
        execution.end()
    }

    private func takeScript() {
        while let execution = script, !link.isBusy {
            if let rows = link.next() {
                if rows.kind == .failed { execution.fail(rows.error) }
                if rows.kind == .unusable { return lose("COPY is not spoken here") }
                continue
            }
            guard link.isOpen, link.enterPipeline() else { return lose(link.message) }
            script = nil
            execution.end()
        }
    }

    private func lose(_ reason: String) {
        guard isOpen else { return }
        isOpen = false
        events.forget(descriptor)
        link.finish()
        script?.end(.unavailable(reason))
        script = nil
        gathering = nil
        underway = 0
        while let batch = sent.popFirst() { for execution in batch.executions { execution.end(.unavailable(reason)) } }
        ended?()
    }

    /// The server ends what takes too long. When it has not said a word for as long, and owes us answers, it is gone.
    private func guardAnswers(_ patience: Duration) {
        let (owed, heard) = (inFlight > 0, readings)
        events.after(patience) { [weak self] in
            guard let self, isOpen else { return }
            if owed, inFlight > 0, readings == heard { return lose("the server does not answer") }
            guardAnswers(patience)
        }
    }
}
