import GatehouseEventLoop

/// A few pipelined connections for short reads and appends of everybody: nothing that may wait for a lock goes here.
final class SharedLane {
    /// A place for one connection. While it is hopeful — at the start, after a loss — callers wait for it; after a failed attempt they do not.
    private final class Berth {
        var connection: Connection?
        var isHopeful = true
        /// Opened when the connection has to go: it is lost, has aged, or the lane closes.
        var over = Latch()
    }

    private let settings: Postgres.Settings
    private let events: Events
    private let waiting: WaitingLine<Execution>
    private var berths: [Berth] = []
    private var hosted: [Connection] = []
    private var isClosed = false
    private let emptied = Latch()
    private(set) var opened = 0

    init(_ settings: Postgres.Settings, on core: isolated Core) {
        self.settings = settings
        events = core.events
        waiting = WaitingLine(limit: settings.queue, patience: settings.patience, core.events) { $0.end($1) }
        berths = (0..<settings.sharedConnections).map { _ in Berth() }
        for berth in berths { core.start { await self.keep(berth) } }
    }

    var open: Int { berths.count { $0.connection != nil } }
    var inFlight: Int { hosted.reduce(0) { $0 + $1.inFlight } }
    var queued: Int { waiting.count }

    func run(_ execution: Execution) async throws(PostgresError) {
        events.check()
        if Task.isCancelled { throw .cancelled }
        if waiting.count == 0, let connection = roomiest {
            connection.send(execution, sharing: true)
        } else {
            guard !isClosed, open > 0 || berths.contains(where: \.isHopeful) else {
                throw .unavailable("there is no connection to the database")
            }
            try waiting.append(execution)
        }
        try await execution.answer()
    }

    /// Refuses new work; what is in flight goes on.
    func close() {
        isClosed = true
        waiting.refuseAll(.unavailable("the database is closed"))
        for berth in berths { berth.over.open() }
    }

    /// Waits, after `close`, until nothing is in flight.
    func drain() async {
        if !hosted.isEmpty { try? await emptied.wait() }
        abort()
    }

    func abort() { for connection in hosted { connection.close() } }

    /// The connection with the fewest in flight, if it has room.
    private var roomiest: Connection? {
        var found: Connection?
        for berth in berths {
            guard let connection = berth.connection, connection.inFlight < settings.inFlight else { continue }
            if found.map({ connection.inFlight < $0.inFlight }) ?? true { found = connection }
        }
        return found
    }

    private func admit() {
        while waiting.count > 0, let connection = roomiest, let execution = waiting.next() {
            if !execution.isAbandoned { connection.send(execution, sharing: true) }
        }
    }

    /// Keeps a connection at the berth, one after the other, until the lane is closed.
    private func keep(_ berth: Berth) async {
        var backoff = Backoff()
        while !isClosed {
            do {
                let connection = try await Connection.open(settings.shared, on: events)
                if await host(connection, at: berth) > .seconds(1) { backoff.reset() }
            } catch {
                berth.isHopeful = false
                if open == 0, !berths.contains(where: \.isHopeful) { waiting.refuseAll(error) }
            }
            if !isClosed { try? await events.sleep(for: backoff.next()) }
        }
    }

    /// Returns how long it stayed.
    private func host(_ connection: Connection, at berth: Berth) async -> Duration {
        let start = ContinuousClock.now
        opened += 1
        hosted.append(connection)
        berth.over = Latch()
        berth.isHopeful = true
        berth.connection = connection
        connection.progressed = { [weak self] in self?.admit() }
        connection.ended = { berth.over.open() }
        let age = events.after(settings.lifetime.jittered(by: 0.2)) { berth.over.open() }
        admit()
        if !isClosed { try? await berth.over.wait() }
        events.cancel(age)
        berth.connection = nil
        await connection.retire()
        hosted.removeAll { $0 === connection }
        if isClosed, hosted.isEmpty { emptied.open() }
        return .now - start
    }
}
