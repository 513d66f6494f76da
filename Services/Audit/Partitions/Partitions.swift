package import GatehouseEventLoop
import GatehouseJSON
package import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// Which stretches of time the log has room for: made ahead, and dropped when their time is over. The intake's leader keeps them.
package final class Partitions {
    package struct Settings: Sendable {
        let owner: String
        let retention: Duration

        package init(owner: String, retention: Duration) {
            self.owner = owner
            self.retention = retention
        }
    }

    /// Periods beyond the present one that are made before they are needed.
    private static let ahead = 2

    private let settings: Settings
    private let log: Log
    private let events: Events
    private var made: Set<Period> = []
    /// Those that stay beyond their time, because the public topic lacks what is in them: nothing goes untold.
    package private(set) var held = 0

    package init(_ settings: Settings, _ log: Log, on events: Events) {
        self.settings = settings
        self.log = log
        self.events = events
    }

    /// What the log keeps, and may be given, at `now`.
    func kept(at now: Timestamp) -> ClosedRange<Period> {
        Period(of: now - settings.retention)...Period(of: now).advanced(by: Self.ahead)
    }

    /// Makes what events of these periods and of the next time need, and drops what is older than the retention.
    package func keep(at now: Timestamp) async throws {
        made = []
        let present = Period(of: now)
        try await work { store in
            try await self.make(Set(present...present.advanced(by: Self.ahead)), store)
            try await self.drop(store, before: self.kept(at: now).lowerBound)
            try await DeadLetterStore(connection: store.connection).forget(before: now - self.settings.retention)
        }
    }

    private func drop(_ store: PartitionStore, before oldest: Period) async throws {
        var held = 0
        for found in try await store.all() where found.name < oldest.partition || !found.isAttached {
            if try await store.isUnpublished(found) {
                held += 1
                log.error(
                    "a partition stays beyond its time: the public topic lacks what is in it",
                    ["name": .string(found.name)])
            } else {
                try await store.drop(found)
                log.info("a partition is dropped", ["name": .string(found.name)])
            }
        }
        self.held = held
    }

    /// Makes those that are not there; they must be kept.
    func make(_ periods: Set<Period>) async throws {
        guard !periods.isSubset(of: made) else { return }
        try await work { store in try await self.make(periods, store) }
    }

    private func make(_ periods: Set<Period>, _ store: PartitionStore) async throws {
        let known = Set(try await store.all().filter(\.isAttached).map(\.name))
        for period in periods.sorted() where !known.contains(period.partition) { try await store.make(period) }
        made.formUnion(periods)
    }

    /// A connection for the job alone: a detachment waits for those who read.
    private func work(_ body: (PartitionStore) async throws -> Void) async throws {
        var session = Connection.Settings(settings.owner)
        session.statementTimeout = .seconds(60)
        let connection = try await Connection.open(session, on: events)
        defer { connection.close() }
        try await body(PartitionStore(connection: connection))
    }
}
