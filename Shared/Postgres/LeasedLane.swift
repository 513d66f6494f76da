import GatehouseEventLoop

/// Connections for one caller at a time: for what may wait for a lock, take long, or hold something. Opened when first wanted.
final class LeasedLane {
    /// A caller who waits: he is granted a connection, or the right to open one.
    private final class Turn {
        let ended = Latch()
        var outcome: Result<Connection?, PostgresError>?
        var isAbandoned = false

        func end(_ outcome: Result<Connection?, PostgresError>) {
            self.outcome = outcome
            ended.open()
        }
    }

    private let limit: Int
    private let connecting: Connection.Settings
    private let settings: Postgres.Settings
    private let events: Events
    private let waiting: WaitingLine<Turn>
    private var idle: [Connection] = []
    private var leased: [Connection] = []
    private var opening = 0
    private var backoff = Backoff()
    /// After a failed attempt nobody tries again before `until`; all are told its error.
    private var refusal: (error: PostgresError, until: ContinuousClock.Instant)?
    private var isClosed = false
    private let emptied = Latch()
    private(set) var opened = 0

    init(limit: Int, _ connecting: Connection.Settings, _ settings: Postgres.Settings, _ events: Events) {
        self.limit = limit
        self.connecting = connecting
        self.settings = settings
        self.events = events
        waiting = WaitingLine(limit: settings.queue, patience: settings.patience, events) { $0.end(.failure($1)) }
    }

    var open: Int { idle.count + leased.count }
    var inUse: Int { leased.count }
    var queued: Int { waiting.count }

    /// The caller gives it back by `release`, whatever happens.
    func take() async throws(PostgresError) -> Connection {
        events.check()
        if Task.isCancelled { throw .cancelled }
        if isClosed { throw .unavailable("the database is closed") }
        if let connection = idle.popLast() { return lease(connection) }
        if hasRoom {
            opening += 1
            return try await openOne()
        }
        let turn = Turn()
        try waiting.append(turn)
        do {
            try await turn.ended.wait()
        } catch {
            turn.isAbandoned = true
            giveBack(turn)
            throw .cancelled
        }
        guard let connection = try turn.outcome?.get() else { return try await openOne() }
        return connection
    }

    /// Takes it back as soon as it is idle: a rollback, or a statement whose caller has gone, may still be on its way.
    func release(_ connection: Connection) {
        if connection.inFlight == 0 || !connection.isOpen { return settle(connection) }
        connection.progressed = { [weak self, unowned connection] in
            if connection.inFlight == 0 { self?.settle(connection) }
        }
        connection.ended = { [weak self, unowned connection] in self?.settle(connection) }
    }

    /// Refuses new work; leases go on.
    func close() {
        isClosed = true
        waiting.refuseAll(.unavailable("the database is closed"))
        for connection in idle { connection.close() }
    }

    /// Waits, after `close`, until all leases have ended.
    func drain() async {
        if !leased.isEmpty || opening > 0 { try? await emptied.wait() }
        abort()
    }

    func abort() { for connection in leased { connection.close() } }

    private var hasRoom: Bool { idle.count + leased.count + opening < limit }

    private func openOne() async throws(PostgresError) -> Connection {
        defer {
            opening -= 1
            serve()
        }
        if let refusal, refusal.until > .now { throw refusal.error }
        do {
            let connection = try await Connection.open(connecting, on: events)
            opened += 1
            backoff.reset()
            refusal = nil
            events.after(settings.lifetime.jittered(by: 0.2)) { [weak self, weak connection] in
                guard let connection else { return }
                connection.isAged = true
                if self?.idle.contains(where: { $0 === connection }) == true { connection.close() }
            }
            return lease(connection)
        } catch {
            if error != .cancelled { refusal = (error, .now + backoff.next()) }
            throw error
        }
    }

    private func lease(_ connection: Connection) -> Connection {
        connection.ended = nil
        leased.append(connection)
        return connection
    }

    private func settle(_ connection: Connection) {
        connection.progressed = nil
        connection.ended = nil
        leased.removeAll { $0 === connection }
        if connection.isIdle, !connection.isAged, !isClosed {
            idle.append(connection)
            connection.ended = { [weak self, unowned connection] in
                self?.idle.removeAll { $0 === connection }
                self?.serve()
            }
        } else {
            connection.close()
        }
        serve()
    }

    private func serve() {
        while waiting.count > 0, !idle.isEmpty || hasRoom, let turn = waiting.next() {
            if turn.isAbandoned { continue }
            if let connection = idle.popLast() {
                turn.end(.success(lease(connection)))
            } else {
                opening += 1
                turn.end(.success(nil))
            }
        }
        if isClosed, leased.isEmpty, opening == 0 { emptied.open() }
    }

    /// Undoes a grant that came too late.
    private func giveBack(_ turn: Turn) {
        guard case .success(let connection) = turn.outcome else { return }
        if let connection { return settle(connection) }
        opening -= 1
        serve()
    }
}
