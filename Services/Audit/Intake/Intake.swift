import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Carries every topic of the three services into the log, each event exactly once (07 § Intake). One process leads, the others stand by.
final class Intake {
    /// Why this process stops writing, and begins again by asking what is so.
    enum Interruption: Error {
        /// Another has taken the lead.
        case deposed
        /// Another has moved a partition's position.
        case moved
    }

    private static let retry = Duration.milliseconds(500)
    private static let topics = Topic.allCases.filter { $0 != .audit }

    private let url: String
    private let postgres: Postgres
    private let consumer: Consumer
    private let core: Core
    private let events: Events
    private let log: Log
    private let deadLetters: Metrics.Counter
    private let taken: Metrics.Counter
    /// Where each partition goes on, as of the last batch of this lead.
    private var next: [Partition: Int64] = [:]
    private(set) var isLeader = false
    private(set) var sequence: Int64 = 0
    private(set) var lag: Int64 = 0
    /// Positions that the broker no longer has: nothing is skipped, so nothing goes on before somebody decides.
    private(set) var alarm: String?

    init(
        _ url: String, _ postgres: Postgres, _ kafka: [String: String], _ log: Log, _ metrics: Metrics,
        on core: isolated Core
    ) throws {
        self.url = url
        self.postgres = postgres
        var settings = kafka
        settings["group.id"] = "gatehouse-audit"
        consumer = try Consumer(settings, on: core, log: log.kafka)
        self.log = log
        self.core = core
        events = core.events
        taken = metrics.counter("gatehouse_audit_records_total", "Records taken from the topics")
        deadLetters = metrics.counter("gatehouse_audit_dead_letters_total", "Records that could not stand in the log")
        metrics.gauge("gatehouse_audit_sequence", "The log's newest sequence, at its writer") { Double(self.sequence) }
        metrics.gauge("gatehouse_audit_lag_records", "Records on the topics beyond the log") { Double(self.lag) }
        metrics.gauge("gatehouse_audit_leader", "1 at the process that writes") { self.isLeader ? 1 : 0 }
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                let connection = try await Connection.open(Connection.Settings(url), on: events)
                defer { connection.close() }
                while try await connection.query(LogStore.lock).first != true {
                    try await events.sleep(for: Self.retry)
                }
                let term = try await connection.query(LogStore.lead).first ?? 0
                isLeader = true
                log.info("audit intake leads", ["term": .integer(term)])
                try await write(term, connection)
            } catch is CancellationError {
                break
            } catch KafkaError.offsetOutOfRange(let partition, let offset, let reason) {
                alarm = "\(partition) has no record at \(offset) any more"
                log.error(
                    "audit intake stops: records are gone before they were read",
                    ["cause": .string("\(partition) \(offset): \(reason)")])
                try? await events.sleep(for: .seconds(5))
            } catch {
                log.warning("audit intake pauses", ["cause": .string("\(error)")])
            }
            isLeader = false
            try? await events.sleep(for: Self.retry)
        }
        isLeader = false
    }

    /// Ends what `run` holds, when the service has stopped answering.
    func close() async { await consumer.close(within: .seconds(2)) }

    private func write(_ term: Int64, _ connection: Connection) async throws {
        let cluster = try await consumer.clusterID()
        var positions: [Partition: Position] = [:]
        for topic in Self.topics {
            for partition in try await consumer.partitions(of: topic.name) { positions[partition] = .at(0) }
        }
        let known = try await connection.query(LogStore.offsets, .text(cluster))
        if known.isEmpty { log.info("audit intake begins a cluster at its beginning", ["cluster": .string(cluster)]) }
        for (partition, next) in known { positions[partition] = .at(next) }
        next = [:]
        try consumer.assign(positions)
        alarm = nil
        let progress = core.start { await self.watch(connection, term) }
        do {
            try await consumer.run { records in
                try await self.write(records[...], Lead(term: term, cluster: cluster), connection)
            }
        } catch {
            progress.cancel()
            await progress.value
            throw error
        }
    }

    /// What a batch is written under.
    private final class Lead {
        let term: Int64
        let cluster: String
        init(term: Int64, cluster: String) {
            self.term = term
            self.cluster = cluster
        }
    }

    /// A batch in one transaction. What PostgreSQL refuses for its content is found by halving, and buried alone.
    private func write(_ records: ArraySlice<ConsumedRecord>, _ lead: Lead, _ connection: Connection) async throws {
        do {
            try await connection.transaction {
                try await self.write(records, lead, connection, refusal: nil)
            }
        } catch PostgresError.server(let state, _, let message) where state.hasPrefix("22") || state.hasPrefix("23") {
            if records.count > 1 {
                let middle = records.startIndex + records.count / 2
                try await write(records[..<middle], lead, connection)
                try await write(records[middle...], lead, connection)
            } else {
                try await connection.transaction {
                    try await self.write(records, lead, connection, refusal: message)
                }
            }
        }
    }

    private func write(
        _ records: ArraySlice<ConsumedRecord>, _ lead: Lead, _ connection: Connection, refusal: String?
    ) async throws {
        guard let base = try await connection.query(LogStore.fence, .int8(lead.term)).first else {
            throw Interruption.deposed
        }
        for (partition, run) in Dictionary(grouping: records, by: { $0.partition }) {
            guard let first = run.first, let last = run.last else { continue }
            let moved = try await connection.query(
                LogStore.advance, .text(partition.topic), .int4(partition.number), .text(lead.cluster),
                .int8(from(partition, first)), .int8(last.offset + 1))
            guard !moved.isEmpty else { throw Interruption.moved }
        }
        var seen: Set<ID<Event>> = []
        var entries: [JSON] = []
        for record in records {
            if refusal == nil, let entry = LogEntry(record: record.value) {
                if seen.insert(entry.id).inserted { entries.append(entry.json) }
            } else {
                try await connection.query(
                    LogStore.bury, .text(record.topic), .int4(record.partition.number), .int8(record.offset),
                    .bytea(record.value), .text(refusal ?? "it is no event that can be read"))
                deadLetters.add()
                log.error(
                    "a record cannot stand in the log",
                    [
                        "record": .string("\(record.partition)@\(record.offset)"),
                        "reason": .string(refusal ?? "unreadable"),
                    ])
            }
        }
        if !entries.isEmpty {
            let bytes = JSON.array(entries).bytes
            sequence = try await connection.query(LogStore.append, .jsonb(bytes), .int8(base)).first ?? base
        }
        taken.add(records.count)
        for record in records { next[record.partition] = record.offset + 1 }
    }

    /// Where a run of records was fetched from: offsets have holes, so it is not the first record's own.
    private func from(_ partition: Partition, _ first: ConsumedRecord) -> Int64 {
        if let next = next[partition] { return next }
        if case .at(let offset) = consumer.positions[partition] { return offset }
        return first.offset
    }

    /// Says how far behind the log is, and until when it is complete: whenever nothing was left on the topics.
    private func watch(_ connection: Connection, _ term: Int64) async {
        while !Task.isCancelled {
            let asked = Timestamp.now()
            if let ends = try? await consumer.ends(of: Self.topics.map(\.name)) {
                lag = ends.reduce(0) { sum, end in
                    guard case .at(let next) = consumer.positions[end.key] else { return sum }
                    return sum + max(0, end.value - next)
                }
                if lag == 0 {
                    _ = try? await postgres.query(LogStore.complete, .timestamp(asked), .int8(term))
                }
            }
            try? await events.sleep(for: .milliseconds(500))
        }
    }
}
