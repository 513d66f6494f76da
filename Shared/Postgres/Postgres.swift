public import GatehouseEventLoop

/// A database: lanes of connections that are kept open, so that what waits never stands in the way of what does not. Lives on its core.
///
/// Errors: `PostgresError`. Close it at the end.
public final class Postgres {
    /// Where a lease comes from: changes never wait behind filtered lists and exports.
    public enum Lane: Sendable { case changes, searches }

    private let events: Events
    private let shared: SharedLane
    private let changes: LeasedLane
    private let searches: LeasedLane
    private var calls = 0
    private var failures = 0

    /// Begins to connect, and goes on trying.
    public init(_ settings: Settings, on core: isolated Core) {
        events = core.events
        shared = SharedLane(settings, on: core)
        changes = LeasedLane(limit: settings.changeConnections, settings.leased, settings, core.events)
        // What a filter finds is little or much: one plan for all values would suit neither.
        var searching = settings.leased
        searching.plansForValues = true
        searches = LeasedLane(limit: settings.searchConnections, searching, settings, core.events)
    }

    /// There is a live connection for everybody.
    public var isReady: Bool { shared.open > 0 }

    /// A short read or append, pipelined with everybody's: never what may wait for a lock.
    @discardableResult
    public func query<Row>(_ statement: Statement<Row>, _ values: Value...) async throws(PostgresError) -> [Row] {
        try await query(statement, values)
    }

    @discardableResult
    public func query<Row>(_ statement: Statement<Row>, _ values: [Value]) async throws(PostgresError) -> [Row] {
        let reading = Reading(statement, values)
        try await counting { () throws(PostgresError) in try await shared.run(reading) }
        return reading.rows
    }

    /// A short read that is worth nothing later: `.unavailable` when it has not come by then.
    public func query<Row>(
        _ statement: Statement<Row>, _ values: [Value], within patience: Duration
    ) async throws(PostgresError) -> [Row] {
        let reading = Reading(statement, values)
        let timer = events.after(patience) { reading.abandon(.unavailable("the database does not answer in time")) }
        defer { events.cancel(timer) }
        try await counting { () throws(PostgresError) in try await shared.run(reading) }
        return reading.rows
    }

    /// One statement on a connection of its own: for what bumps a head, and so may wait for its lock.
    @discardableResult
    public func change<Row>(_ statement: Statement<Row>, _ values: Value...) async throws(PostgresError) -> [Row] {
        try await run(statement, values, on: changes)
    }

    @discardableResult
    public func change<Row>(_ statement: Statement<Row>, _ values: [Value]) async throws(PostgresError) -> [Row] {
        try await run(statement, values, on: changes)
    }

    /// One statement that may take its time: a filtered list.
    public func search<Row>(_ statement: Statement<Row>, _ values: Value...) async throws(PostgresError) -> [Row] {
        try await run(statement, values, on: searches)
    }

    public func search<Row>(_ statement: Statement<Row>, _ values: [Value]) async throws(PostgresError) -> [Row] {
        try await run(statement, values, on: searches)
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws. The connection is good until then.
    @discardableResult
    public func transaction<Result>(
        _ isolation: Isolation = .readCommitted, readOnly: Bool = false, on lane: Lane = .changes,
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await take(from: lane)
        defer { leasedLane(lane).release(connection) }
        return try await connection.transaction(isolation, readOnly: readOnly) { try await body(connection) }
    }

    /// Lends a connection to `body`: for advisory locks and settings of a session, which are discarded afterwards.
    @discardableResult
    public func lease<Result>(
        on lane: Lane = .changes, _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await take(from: lane)
        defer {
            connection.discard()
            leasedLane(lane).release(connection)
        }
        return try await body(connection)
    }

    /// Refuses new work, and waits for what is in flight; what is not done in time ends as `.unavailable`.
    public func close(within patience: Duration = .seconds(10)) async {
        let timer = events.after(patience) { [self] in
            shared.abort()
            changes.abort()
            searches.abort()
        }
        shared.close()
        changes.close()
        searches.close()
        await shared.drain()
        await changes.drain()
        await searches.drain()
        events.cancel(timer)
    }

    private func take(from lane: Lane) async throws(PostgresError) -> Connection {
        try await counting { () throws(PostgresError) in try await leasedLane(lane).take() }
    }

    private func leasedLane(_ lane: Lane) -> LeasedLane {
        switch lane {
        case .changes: changes
        case .searches: searches
        }
    }

    private func run<Row>(
        _ statement: Statement<Row>, _ values: [Value], on lane: LeasedLane
    ) async throws(PostgresError) -> [Row] {
        try await counting { () throws(PostgresError) in
            let connection = try await lane.take()
            defer { lane.release(connection) }
            return try await connection.query(statement, values)
        }
    }

    private func counting<Result>(
        _ body: () async throws(PostgresError) -> Result
    ) async throws(PostgresError) -> Result {
        calls += 1
        do {
            return try await body()
        } catch {
            failures += 1
            throw error
        }
    }
}

extension Postgres {
    /// What the lanes are doing, for the metrics.
    public struct Metrics: Sendable, Hashable {
        /// Statements, transactions and leases that were asked for.
        public var calls: Int
        public var failures: Int
        /// Connections that were opened since the start.
        public var opened: Int
        public var sharedOpen: Int
        public var inFlight: Int
        public var queued: Int
        public var leased: Int
        public var leasesQueued: Int
    }

    public var metrics: Metrics {
        Metrics(
            calls: calls, failures: failures, opened: shared.opened + changes.opened + searches.opened,
            sharedOpen: shared.open, inFlight: shared.inFlight, queued: shared.queued,
            leased: changes.inUse + searches.inUse, leasesQueued: changes.queued + searches.queued)
    }
}
