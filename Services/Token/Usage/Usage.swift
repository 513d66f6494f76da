import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// When each client last authenticated, written in batches: issuing a token writes nothing.
final class Usage {
    private static let pace = Duration.seconds(2)

    private let postgres: Postgres
    private let core: Core
    private let events: Events
    private let log: Log
    private var lastUsed: [ClientID: Timestamp] = [:]

    init(_ postgres: Postgres, _ log: Log, on core: isolated Core) {
        self.postgres = postgres
        self.log = log
        self.core = core
        events = core.events
    }

    func note(_ client: ClientID, at now: Timestamp) { lastUsed[client] = now }

    /// Until the task is cancelled, and once more then.
    func run() async {
        while !Task.isCancelled {
            try? await events.sleep(for: Self.pace)
            // In a task of its own: the end of the service must not cut it short.
            await core.start { await self.write() }.value
        }
    }

    private func write() async {
        guard !lastUsed.isEmpty else { return }
        let batch = lastUsed.sorted { $0.key < $1.key }
        lastUsed = [:]
        do {
            _ = try await postgres.query(
                UsageStore.note, .texts(batch.map(\.key.text)),
                .timestamptzs(microsSince1970: batch.map(\.value.microseconds)))
        } catch {
            log.warning("last-used times are written later", ["cause": .string("\(error)")])
            lastUsed.merge(batch) { newer, _ in newer }
        }
    }
}
