import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// `audit replay`: dead letters that can stand in the log by now are taken into it; the others stay buried. On the host only, with
/// the owner's role, also while the intake works.
package final class Replay {
    package static let command = HostCommand(
        "replay", usage: "replay           take dead letters into the log that can stand there by now", options: []
    ) { host, _ in
        let settings = try AuditSettings(host.configuration)
        let partitions = Partitions(settings.partitions, host.log, on: host.events)
        let connection = try await Connection.open(Connection.Settings(settings.owner), on: host.events)
        defer { connection.close() }
        let replay = Replay(connection, partitions)
        try await replay.run(at: .now())
        print("Dead letters taken into the log: \(replay.taken). Still buried: \(replay.left).")
    }

    private let connection: Connection
    private let partitions: Partitions
    private var taken = 0
    private var left = 0

    private init(_ connection: Connection, _ partitions: Partitions) {
        self.connection = connection
        self.partitions = partitions
    }

    private func run(at now: Timestamp) async throws {
        let store = DeadLetterStore(connection: connection)
        let kept = partitions.kept(at: now)
        var letters = try await store.next(after: 0)
        while let last = letters.last {
            let readable = letters.compactMap { letter in
                (try? LogEntry(parsing: letter.value, kept: kept)).map {
                    Readable(position: letter.position, entry: $0)
                }
            }
            left += letters.count - readable.count
            try await partitions.make(Set(readable.map { Period(of: $0.entry.id) }))
            try await take(readable[...])
            letters = try await store.next(after: last.position)
        }
    }

    private struct Readable {
        let position: Int64
        let entry: LogEntry
    }

    private func take(_ letters: ArraySlice<Readable>) async throws {
        guard !letters.isEmpty else { return }
        do { try await raise(letters) } catch let error as PostgresError where error.isAboutContent {
            guard letters.count > 1 else {
                left += 1
                return
            }
            let middle = letters.startIndex + letters.count / 2
            try await take(letters[..<middle])
            try await take(letters[middle...])
        }
    }

    /// Under the lock of the log's head, as each batch of the intake: the sequence goes on without a gap.
    private func raise(_ letters: ArraySlice<Readable>) async throws {
        let entries = letters.map(\.entry)
        var raised = 0
        try await connection.transaction {
            let log = LogWriterStore(connection: self.connection)
            let base = try await log.hold()
            raised = try await DeadLetterStore(connection: self.connection).raise(letters.map(\.position))
            _ = try await log.append(entries, after: base)
            try await log.name(Names().news(in: entries))
        }
        taken += raised
    }
}
