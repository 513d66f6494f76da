package import GatehouseEventLoop
import GatehouseJSON
package import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// Which stretches of time there is room for: made ahead, and dropped when all in them has ended.
package final class Partitions {
    /// Of codes and pushed requests, those that have ended stay a day longer: so a second use is still seen as one.
    private static let margin = Duration.seconds(86_400)
    /// Buckets beyond the last that anything made now may lie in.
    private static let ahead: Int32 = 2
    private static let pace = Duration.seconds(600)
    private static let retry = Duration.seconds(1)

    private let owner: String
    private let tables: [(table: PartitionedTable, life: Duration)]
    private let log: Log
    private let events: Events
    /// Whether there was room when it was last looked.
    private(set) var isReady = false

    /// `owner`: the login of the schema's owner; `grantLife`: how long after the consent a grant may end.
    package init(owner: String, grantLife: Duration, _ log: Log, on events: Events) {
        self.owner = owner
        tables = [
            (.consents, grantLife), (.codes, .seconds(60)), (.pushedRequests, .seconds(90)),
        ]
        self.log = log
        self.events = events
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await keep(at: .now())
                isReady = true
                try? await events.sleep(for: Self.pace)
            } catch {
                log.warning("partitions cannot be kept", ["cause": .string("\(error)")])
                try? await events.sleep(for: Self.retry)
            }
        }
    }

    /// Makes what rows of `now` and of the next time need, and drops what has ended.
    package func keep(at now: Timestamp) async throws {
        var session = Connection.Settings(owner)
        session.statementTimeout = .seconds(60)
        let connection = try await Connection.open(session, on: events)
        defer { connection.close() }
        let store = PartitionStore(connection: connection)
        try await store.lock()
        for (table, life) in tables {
            let found = try await store.all(of: table)
            let known = Set(found.filter(\.isAttached).map(\.name))
            let last = table.bucket(now + life) + Self.ahead
            for bucket in table.bucket(now)...last where !known.contains(table.partition(bucket)) {
                try await store.make(bucket, of: table)
            }
            let oldest = table.partition(table.bucket(now - Self.margin))
            for found in found where found.name < oldest || !found.isAttached {
                try await store.drop(found, of: table)
                log.info("a partition is dropped", ["name": .string(found.name)])
            }
        }
    }
}
