import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// When each client last authenticated, to the minute, written in batches: issuing a token writes nothing.
final class Usage {
    private static let pace = Duration.seconds(2)
    private static let batch = 500
    /// What is written stands for so long: a client at work costs a row a minute, not one at each batch.
    private static let grain = Duration.seconds(60)

    private let postgres: Postgres
    private let core: Core
    private let events: Events
    private let log: Log
    private var lastUsed: [ClientID: Timestamp] = [:]
    private var written: [ClientID: Timestamp] = [:]

    init(_ postgres: Postgres, _ log: Log, on core: isolated Core) {
        self.postgres = postgres
        self.log = log
        self.core = core
        events = core.events
    }

    func note(_ client: ClientID, at now: Timestamp) {
        if let written = written[client], Self.isFresh(written, at: now) { return }
        lastUsed[client] = now
    }

    private static func isFresh(_ written: Timestamp, at now: Timestamp) -> Bool {
        (.zero..<grain).contains(now - written)
    }

    /// Until the task is cancelled, and once more then.
    func run() async {
        while !Task.isCancelled {
            try? await events.sleep(for: Self.pace)
            // In a task of its own: the end of the service must not cut it short.
            await core.start { await self.write() }.value
        }
    }

    private func write() async {
        // In one order, for two replicas may write the same rows; in pieces, and not where short reads queue.
        var rest = lastUsed.sorted { $0.key < $1.key }[...]
        lastUsed = [:]
        let now = Timestamp.now()
        written = written.filter { Self.isFresh($0.value, at: now) }
        do {
            while !rest.isEmpty {
                let batch = rest.prefix(Self.batch)
                _ = try await postgres.change(
                    UsageStore.note, .texts(batch.map(\.key.text)),
                    .timestamptzs(microsSince1970: batch.map(\.value.microseconds)))
                for (client, time) in batch { written[client] = time }
                rest = rest.dropFirst(Self.batch)
            }
        } catch {
            log.warning("last-used times are written later", ["cause": .string("\(error)")])
            lastUsed.merge(rest.map { ($0.key, $0.value) }) { newer, _ in newer }
        }
    }
}
