import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Asks the brokers, again and again during a term, what there is to read: how far the log is behind, until when it is complete, and
/// whether there are new partitions. Where the term turns out to be over, it ends the reading.
final class Survey {
    private static let pace = Duration.seconds(1)
    private static let housekeeping = Duration.seconds(3600)
    /// What is counted reaches Kafka so much later than it happened. What waits in an outbox while Kafka is away may come later still.
    private static let lateness = Duration.seconds(15)

    private let writer: LogWriter
    private let consumer: Consumer
    private let postgres: Postgres
    private let partitions: Partitions
    private let metrics: IntakeMetrics
    private let log: Log
    private let events: Events

    init(
        _ writer: LogWriter, _ consumer: Consumer, _ postgres: Postgres, _ partitions: Partitions,
        _ metrics: IntakeMetrics, _ log: Log, _ events: Events
    ) {
        self.writer = writer
        self.consumer = consumer
        self.postgres = postgres
        self.partitions = partitions
        self.metrics = metrics
        self.log = log
        self.events = events
    }

    /// Until the task is cancelled.
    func run() async {
        var tidy = ContinuousClock.now + Self.housekeeping
        while (try? await events.sleep(for: Self.pace)) != nil {
            do {
                try await look(at: .now())
                if .now >= tidy {
                    tidy = .now + Self.housekeeping
                    try await partitions.keep(at: .now())
                }
            } catch {
                log.debug("the survey of the topics is incomplete", ["cause": .string("\(error)")])
            }
        }
    }

    private func look(at now: Timestamp) async throws {
        var completeUntil: Timestamp? = now
        var unread: [Partition] = []
        for topic in Intake.topics {
            let ends: [Partition: Int64]
            do {
                ends = try await consumer.ends(of: [topic.name], within: .seconds(2))
            } catch {
                completeUntil = nil
                continue
            }
            // The term may have ended meanwhile, and with it what this process shows.
            try Task.checkCancellation()
            let new = ends.keys.filter { writer.positions[$0] == nil }
            unread += new
            var lag: Int64 = 0
            for (partition, end) in ends {
                var next: Int64 = 0
                if case .at(let offset) = writer.positions[partition] { next = offset }
                lag += max(0, end - next)
                guard next < end, let known = completeUntil else { continue }
                completeUntil = writer.readUntil[partition].map { min($0, known) }
            }
            metrics.lag[topic] = lag
        }
        if !unread.isEmpty { return try await open(unread) }
        guard let completeUntil else { return }
        let mine = try await postgres.change(
            LogWriterStore.complete, .timestamp(completeUntil - Self.lateness), .int8(writer.term))
        if mine.isEmpty, !Task.isCancelled { consumer.interrupt(with: Interruption.deposed) }
    }

    private func open(_ new: [Partition]) async throws {
        try await writer.open(new) { statement, values in _ = try await self.postgres.change(statement, values) }
        // All at once: librdkafka 2.0 aborts the process when a partition is assigned anew while it is still being stopped.
        try consumer.assign(consumer.positions.merging(new.map { ($0, .beginning) }) { known, _ in known })
        log.info("the intake reads new partitions", ["partitions": .array(new.map { .string("\($0)") })])
    }
}
