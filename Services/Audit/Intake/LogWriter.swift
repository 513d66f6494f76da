import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Writes what comes from the topics into the log, each event once, during one term of leadership (07 § Intake).
final class LogWriter {
    private static let mostNames = 100_000

    let term: Int64
    let cluster: String
    private let connection: Connection
    private let partitions: Partitions
    private let metrics: IntakeMetrics
    private let log: Log
    /// Where each partition goes on, as the database has it.
    private(set) var positions: [Partition: Position]
    /// The time stamp of the last record that was taken from each partition in this term.
    private(set) var readUntil: [Partition: Timestamp] = [:]
    /// Names that need not be written again.
    private var named: [UserID: (name: String, at: Timestamp)] = [:]

    /// Begins a term: from now on no earlier writer can write.
    static func lead(
        _ connection: Connection, cluster: String, _ partitions: Partitions, _ metrics: IntakeMetrics, _ log: Log
    ) async throws -> LogWriter {
        let term = try await connection.query(LogWriterStore.lead).first ?? 0
        let clusters = try await connection.query(LogWriterStore.clusters)
        if !clusters.isEmpty, !clusters.contains(cluster) {
            log.error(
                "this is another Kafka cluster than before: the intake begins at its beginning",
                ["cluster": .string(cluster), "known": .array(clusters.map { .string($0) })])
        }
        let offsets = try await connection.query(LogWriterStore.offsets, .text(cluster))
        return LogWriter(term, cluster, Dictionary(uniqueKeysWithValues: offsets), connection, partitions, metrics, log)
    }

    private init(
        _ term: Int64, _ cluster: String, _ positions: [Partition: Position], _ connection: Connection,
        _ partitions: Partitions, _ metrics: IntakeMetrics, _ log: Log
    ) {
        self.term = term
        self.cluster = cluster
        self.positions = positions
        self.connection = connection
        self.partitions = partitions
        self.metrics = metrics
        self.log = log
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

    /// Writes records in one transaction; what PostgreSQL refuses for its content is found by halving, and buried.
    func write(_ records: [ConsumedRecord], at now: Timestamp) async throws {
        let kept = partitions.kept(at: now)
        let readings = records.map { Reading($0, kept: kept) }
        try await partitions.make(Set(readings.compactMap { $0.entry.map { Period(of: $0.id) } }))
        try await write(readings[...])
    }

    private func write(_ readings: ArraySlice<Reading>) async throws {
        do {
            try await commit(readings)
        } catch PostgresError.server(let state, _, let message) where state.hasPrefix("22") || state.hasPrefix("23") {
            if readings.count > 1 {
                let middle = readings.startIndex + readings.count / 2
                try await write(readings[..<middle])
                try await write(readings[middle...])
            } else if readings.first?.entry != nil {
                try await commit(readings.map { $0.refused("\(state): \(message)") }[...])
            } else {
                throw PostgresError.server(sqlstate: state, constraint: nil, message: message)
            }
        }
    }

    private func commit(_ readings: ArraySlice<Reading>) async throws {
        let dead = readings.filter { $0.entry == nil }
        var seen: Set<ID<Event>> = []
        let entries = readings.compactMap(\.entry).filter { seen.insert($0.id).inserted }
        let ends = Dictionary(readings.map { ($0.record.partition, $0.record.offset + 1) }) { $1 }
        let names = newNames(entries)
        var (before, after): (Int64, Int64) = (0, 0)
        try await connection.transaction {
            guard let base = try await self.connection.query(LogWriterStore.fence, .int8(self.term)).first else {
                throw Interruption.deposed
            }
            (before, after) = (base, base)
            try await self.advance(to: ends)
            for reading in dead { try await self.bury(reading) }
            if !entries.isEmpty {
                let columns = LogWriterStore.columns(entries)
                guard let end = try await self.connection.query(LogWriterStore.append, [.int8(base)] + columns).first
                else { throw Interruption.foreign }
                after = end
            }
            try await self.write(names)
        }
        for (partition, next) in ends { positions[partition] = .at(next) }
        for reading in readings {
            if let stamp = reading.record.timestamp {
                readUntil[reading.record.partition] = Timestamp(microseconds: stamp * 1000)
            }
        }
        if named.count > Self.mostNames { named = [:] }
        named.merge(names) { $1 }
        metrics.records.add(readings.count)
        metrics.events.add(Int(after - before))
        metrics.sequence = after
        for reading in dead { mourn(reading) }
    }

    private func advance(to ends: [Partition: Int64]) async throws {
        let moves = Array(ends)
        let touched: [Void] = try await connection.query(
            LogWriterStore.advance, .text(cluster), .texts(moves.map(\.key.topic)), .int4s(moves.map(\.key.number)),
            .int8s(moves.map { positions[$0.key]?.stored }), .int8s(moves.map(\.value)))
        guard touched.count == moves.count else { throw Interruption.moved }
    }

    private func bury(_ reading: Reading) async throws {
        let record = reading.record
        try await connection.query(
            LogWriterStore.bury, .text(cluster), .text(record.topic), .int4(record.partition.number),
            .int8(record.offset), .bytea(record.key), .bytea(record.value), .text(reading.refusal))
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

    private func newNames(_ entries: [LogEntry]) -> [UserID: (name: String, at: Timestamp)] {
        var names: [UserID: (name: String, at: Timestamp)] = [:]
        for entry in entries {
            for naming in entry.namings {
                if let known = names[naming.user] ?? named[naming.user],
                    known.name == naming.name || known.at > entry.time
                {
                    continue
                }
                names[naming.user] = (naming.name, entry.time)
            }
        }
        return names
    }

    private func write(_ names: [UserID: (name: String, at: Timestamp)]) async throws {
        guard !names.isEmpty else { return }
        let rows = names.sorted { $0.key < $1.key }
        try await connection.query(
            LogWriterStore.name, .uuids(rows.map { UInt128($0.key.hi) << 64 | UInt128($0.key.lo) }),
            .texts(rows.map(\.value.name)), .timestamptzs(microsSince1970: rows.map(\.value.at.microseconds)))
    }
}

extension Position {
    /// The column `next_offset`.
    fileprivate var stored: Int64? {
        if case .at(let next) = self { next } else { nil }
    }
}
