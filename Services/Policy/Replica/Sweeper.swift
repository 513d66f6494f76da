package import GatehouseEventLoop
import GatehouseJSON
package import GatehousePlatform
package import GatehousePostgres

/// Deletes the rows of replicas that have been silent for longer than any lease of theirs: no barrier need wait for them.
package final class Sweeper {
    private static let pace = Duration.seconds(1)

    private let store: ReplicaStore
    private let events: Events
    private let log: Log
    private let start = ContinuousClock.now
    private var silences = Silences()
    /// How many rows there are.
    package private(set) var replicas = 0

    package init(_ postgres: Postgres, _ log: Log, on core: isolated Core) {
        store = ReplicaStore(postgres)
        self.log = log
        events = core.events
    }

    /// Until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do { try await sweep() } catch { log.debug("replicas are not swept", ["cause": .string("\(error)")]) }
            try? await events.sleep(for: Self.pace)
        }
    }

    private func sweep() async throws {
        let asked = ContinuousClock.now
        let rows = try await store.all()
        silences.observe(rows, received: .now)
        replicas = rows.count
        for row in rows where silences.lapsed(row, waitingSince: start, asked: asked) {
            if try await store.sweep(row) { log.info("a silent replica was swept") }
        }
    }
}
