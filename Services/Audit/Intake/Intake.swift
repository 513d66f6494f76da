import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Carries every topic of the three services into the log (07 § Intake). One process leads, by a lock of its session; the others stand by.
final class Intake {
    /// What stops the intake until somebody decides.
    struct Alarm {
        let partition: Partition
        /// Where the partition was to be read on.
        let position: Position?
        let text: String
    }

    static let topics = Topic.allCases.filter { $0 != .audit }
    /// What is taken at once; it is written in smaller batches.
    private static let most = 2000
    private static let retry = Duration.milliseconds(500)
    private static let patience = Duration.seconds(5)

    private let url: String
    private let consumer: Consumer
    private let postgres: Postgres
    private let partitions: Partitions
    private let publication: Publication
    private let metrics: IntakeMetrics
    private let log: Log
    private let core: Core
    private let events: Events
    private var failures = 0
    private(set) var alarm: Alarm? {
        didSet { metrics.isStopped = alarm != nil }
    }

    init(
        _ url: String, _ kafka: [String: String], _ postgres: Postgres, _ partitions: Partitions,
        _ publication: Publication, _ metrics: IntakeMetrics, _ log: Log, on core: isolated Core
    ) throws {
        self.url = url
        consumer = try Consumer(kafka, on: core, log: log.kafka)
        self.postgres = postgres
        self.partitions = partitions
        self.publication = publication
        self.metrics = metrics
        self.log = log
        self.core = core
        events = core.events
        metrics.fetched = { [consumer] in consumer.fetched }
    }

    /// Until the task is cancelled. Whatever goes wrong ends the term: the next begins with what the database says.
    func run() async {
        while !Task.isCancelled {
            do {
                try await serve()
            } catch is CancellationError {
                break
            } catch {
                failures += 1
                log.warning("the intake pauses", ["cause": .string("\(error)")])
            }
            metrics.ended()
            try? consumer.assign([:])
            let pause = Self.retry * (1 << min(failures, 4))
            try? await events.sleep(for: alarm == nil ? min(pause, Self.patience) : Self.patience)
        }
        metrics.ended()
    }

    /// Ends what `run` holds.
    func close() async { await consumer.close(within: .seconds(2)) }

    private func serve() async throws {
        let connection = try await Connection.open(Connection.Settings(url), on: events)
        defer { connection.close() }
        while try await connection.query(LogWriterStore.lock).first != true { try await events.sleep(for: Self.retry) }
        let cluster = try await consumer.clusterID()
        let writer = try await LogWriter.lead(connection, cluster: cluster, partitions, metrics, log, core)
        log.info("the intake leads", ["term": .integer(writer.term), "cluster": .string(cluster)])
        try await partitions.keep(at: .now())
        try await assign(writer)
        let survey = Survey(writer, consumer, postgres, partitions, metrics, log, events)
        let surveying = core.start { await survey.run() }
        defer { surveying.cancel() }
        let publishing = core.start { await self.publication.run(in: writer.term) }
        var failure: (any Error)?
        do { try await read(writer) } catch { failure = error }
        publishing.cancel()
        await publishing.value
        guard let failure else { return }
        raiseAlarm(failure, writer)
        throw failure
    }

    private func read(_ writer: LogWriter) async throws {
        try await consumer.run(upTo: Self.most) { records in
            try await writer.write(records, at: .now())
            self.failures = 0
            self.publication.wake()
        }
    }

    /// All partitions that there are; the survey adds those that come.
    private func assign(_ writer: LogWriter) async throws {
        var missing: [String] = []
        var there: [Partition] = []
        for topic in Self.topics {
            if let partitions = try await partitions(of: topic) {
                there += partitions
            } else {
                missing.append(topic.name)
            }
        }
        if !missing.isEmpty {
            log.info("the intake waits for topics", ["missing": .array(missing.map { .string($0) })])
        }
        try await writer.open(there.filter { writer.positions[$0] == nil })
        if let alarm, writer.positions[alarm.partition] != alarm.position { self.alarm = nil }
        try consumer.assign(writer.positions)
    }

    /// Nil while there is no such topic.
    private func partitions(of topic: Topic) async throws -> [Partition]? {
        do { return try await consumer.partitions(of: topic.name) } catch KafkaError.unavailable { return nil }
    }

    /// A record that is gone, or cannot be fetched, is never jumped over.
    private func raiseAlarm(_ error: any Error, _ writer: LogWriter) {
        switch error {
        case KafkaError.offsetOutOfRange(let partition, _, _), KafkaError.unreadable(let partition, _, _):
            if alarm == nil { log.error("the intake stops: records cannot be read", ["cause": .string("\(error)")]) }
            alarm = Alarm(partition: partition, position: writer.positions[partition], text: "\(error)")
        default: break
        }
    }
}
