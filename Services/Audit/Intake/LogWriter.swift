import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Writes what comes from the topics into the log, each event once, during one term of leadership (07 § Intake).
final class LogWriter {
    /// The most that one transaction writes.
    private static let batch = 500
    /// The most that is read before others have their turn.
    private static let morsel = 50

    let term: Int64
    let cluster: String
    private let connection: Connection
    private let partitions: Partitions
    private let metrics: IntakeMetrics
    private let log: Log
    private let core: Core
    /// Where each partition goes on, as the database has it.
    private(set) var positions: [Partition: Position]
    /// The time stamp of the last record that was taken from each partition in this term.
    private(set) var readUntil: [Partition: Timestamp] = [:]
    private var names = Names()

    /// Begins a term: from now on no earlier writer can write.
    static func lead(
        _ connection: Connection, cluster: String, _ partitions: Partitions, _ metrics: IntakeMetrics, _ log: Log,
        _ core: Core
    ) async throws -> LogWriter {
        let (term, sequence) = try await connection.query(LogWriterStore.lead).first ?? (0, 0)
        let clusters = try await connection.query(LogWriterStore.clusters)
        if !clusters.isEmpty, !clusters.contains(cluster) {
            log.error(
                "this is another Kafka cluster than before: the intake begins at its beginning",
                ["cluster": .string(cluster), "known": .array(clusters.map { .string($0) })])
        }
        let offsets = try await connection.query(LogWriterStore.offsets, .text(cluster))
        metrics.began(at: sequence)
        return LogWriter(
            term, cluster, Dictionary(uniqueKeysWithValues: offsets), connection, partitions, metrics, log, core)
    }

    private init(
        _ term: Int64, _ cluster: String, _ positions: [Partition: Position], _ connection: Connection,
        _ partitions: Partitions, _ metrics: IntakeMetrics, _ log: Log, _ core: Core
    ) {
        self.term = term
        self.cluster = cluster
        self.positions = positions
        self.connection = connection
        self.partitions = partitions
        self.metrics = metrics
        self.log = log
        self.core = core
    }

    /// Takes partitions in that were not read before. `connection`: the writer's own, or another while it works.
    func open(_ new: [Partition], _ query: (Statement<Void>, [Value]) async throws -> Void) async throws {
        guard !new.isEmpty else { return }
        try await query(
            LogWriterStore.open, [.text(cluster), .texts(new.map(\.topic)), .int4s(new.map(\.number))])
        for partition in new { positions[partition] = .beginning }
    }

    func open(_ new: [Partition]) async throws {
        try await open(new) { statement, values in _ = try await self.connection.query(statement, values) }
    }

    /// Writes records, batch by batch: while PostgreSQL works at one, the next is read. Those that were fetched again are passed over.
    func write(_ records: [ConsumedRecord], at now: Timestamp) async throws {
        var rest = new(records)[...]
        var next = await read(&rest, at: now)
        while !next.isEmpty {
            let batch = next
            var failure: (any Error)?
            let writing = core.start {
                do { try await self.write(batch[...]) } catch { failure = error }
            }
            next = await read(&rest, at: now)
            await writing.value
            if let failure { throw failure }
        }
    }

    private func read(_ rest: inout ArraySlice<ConsumedRecord>, at now: Timestamp) async -> [Reading] {
        let kept = partitions.kept(at: now)
        let batch = rest.prefix(Self.batch)
        rest = rest.dropFirst(Self.batch)
        var readings: [Reading] = []
        for record in batch {
            if readings.count % Self.morsel == 0 { await Task.yield() }
            readings.append(Reading(record, kept: kept))
        }
        return readings
    }

    private func new(_ records: [ConsumedRecord]) -> [ConsumedRecord] {
        var (partition, next): (Partition?, Int64) = (nil, 0)
        return records.filter { record in
            if record.partition != partition {
                partition = record.partition
                next = positions[record.partition]?.stored ?? 0
            }
            return record.offset >= next
        }
    }

    /// One transaction; what PostgreSQL refuses for its content is found by halving, and buried.
    private func write(_ readings: ArraySlice<Reading>) async throws {
        do {
            try await partitions.make(Set(readings.compactMap { $0.entry.map { Period(of: $0.id) } }))
            try await commit(readings)
        } catch let error as PostgresError where error.isAboutContent {
            if readings.count > 1 {
                let middle = readings.startIndex + readings.count / 2
                try await write(readings[..<middle])
                try await write(readings[middle...])
            } else if readings.first?.entry != nil {
                try await commit(readings.map { $0.refused("\(error)") }[...])
            } else {
                throw error
            }
        }
    }

    private func commit(_ readings: ArraySlice<Reading>) async throws {
        let start = ContinuousClock.now
        let dead = readings.filter { $0.entry == nil }
        var seen: Set<ID<Event>> = []
        let entries = readings.compactMap(\.entry).filter { seen.insert($0.id).inserted }
        let lasts = Self.lasts(of: readings)
        let news = names.news(in: entries)
        var (before, after): (Int64, Int64) = (0, 0)
        Fault.point(.intakeBeforeTransaction)
        try await connection.transaction {
            let store = LogWriterStore(connection: self.connection)
            before = try await store.fence(term: self.term)
            try await self.advance(behind: lasts)
            for reading in dead {
                try await DeadLetterStore(connection: self.connection).bury(reading, from: self.cluster)
            }
            after = try await store.append(entries, after: before)
            try await store.name(news)
            Fault.point(.intakeBeforeCommit)
        }
        Fault.point(.intakeAfterCommit)
        for record in lasts {
            positions[record.partition] = .at(record.offset + 1)
            guard let stamp = record.timestamp else { continue }
            readUntil[record.partition] = Timestamp(microseconds: stamp * 1000)
        }
        names.remember(news)
        metrics.wrote(readings.count, events: after - before, until: after, in: .now - start)
        for reading in dead { mourn(reading) }
    }

    /// The last record of each partition.
    private static func lasts(of readings: ArraySlice<Reading>) -> [ConsumedRecord] {
        var lasts: [Partition: ConsumedRecord] = [:]
        for (reading, next) in zip(readings, readings.dropFirst().map(Optional.some) + [nil])
        where reading.record.partition != next?.record.partition {
            lasts[reading.record.partition] = reading.record
        }
        return Array(lasts.values)
    }

    private func advance(behind lasts: [ConsumedRecord]) async throws {
        let touched: [Void] = try await connection.query(
            LogWriterStore.advance, .text(cluster), .texts(lasts.map(\.topic)), .int4s(lasts.map(\.partition.number)),
            .int8s(lasts.map { positions[$0.partition]?.stored }), .int8s(lasts.map { $0.offset + 1 }))
        guard touched.count == lasts.count else { throw Interruption.moved }
    }

    private func mourn(_ reading: Reading) {
        metrics.deadLetters.add()
        log.error(
            "a record cannot stand in the log and is kept as a dead letter",
            [
                "record": .string("\(reading.record.partition) at \(reading.record.offset)"),
                "reason": .string(reading.refusal),
            ])
    }
}

extension Position {
    /// The column `next_offset`.
    fileprivate var stored: Int64? {
        if case .at(let next) = self { next } else { nil }
    }
}
