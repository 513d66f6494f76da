import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Writes the log to the public topic, in its order, at the process that leads the intake (07 § The public topic).
///
/// What is in the topic is in the log. The position moves behind what the topic has acknowledged, so a crash, or a deposed leader, repeats
/// events and never leaves one out. Trouble here stops neither the intake nor the readers of the log.
final class Publication {
    /// Nothing overtakes a record: none is given up because of its age, and behind a refused one nothing is sent.
    static let producer = ["message.timeout.ms": "0", "enable.gapless.guarantee": "true"]

    /// For what others add to the log: a replay of dead letters does not wake this process.
    private static let poll = Duration.seconds(1)
    private static let retry = Duration.milliseconds(250)
    private static let patience = Duration.seconds(5)
    /// The most that is made ready before others have their turn.
    private static let morsel = 50

    private let url: String
    private let producer: Producer
    private let persons: PersonStore
    private let metrics: PublicationMetrics
    private let log: Log
    private let events: Events
    private var news = Latch()
    private var failures = 0

    init(
        _ url: String, _ producer: Producer, _ persons: PersonStore, _ metrics: PublicationMetrics, _ log: Log,
        on events: Events
    ) {
        self.url = url
        self.producer = producer
        self.persons = persons
        self.metrics = metrics
        self.log = log
        self.events = events
    }

    /// The log has grown.
    func wake() { news.open() }

    /// Until the task is cancelled, at the end of the term.
    func run(in term: Int64) async {
        while !Task.isCancelled {
            do {
                try await publish(in: term)
            } catch {
                if Task.isCancelled { break }
                complain(error)
            }
            try? await events.sleep(for: min(Self.retry * (1 << min(failures, 5)), Self.patience))
        }
        metrics.ended()
    }

    private func complain(_ error: any Error) {
        failures += 1
        metrics.failures.add()
        let cause: JSON.Object = ["cause": .string("\(error)")]
        guard case Interruption.missing = error else { return log.warning("publishing pauses", cause) }
        if !metrics.isStopped { log.error("publishing stops: the log lacks what comes next", cause) }
        metrics.isStopped = true
    }

    private func publish(in term: Int64) async throws {
        let connection = try await Connection.open(Connection.Settings(url), on: events)
        defer { connection.close() }
        let store = PublicationStore(connection: connection)
        var position = try await store.take(in: term)
        metrics.began(at: position)
        var isClear = false
        while true {
            let latch = Latch()
            news = latch
            let next = try await store.next(after: position)
            metrics.oldest = next.first?.time
            guard !next.isEmpty else {
                try await wait(for: latch)
                guard try await store.stands(at: position, in: term) else { throw Interruption.moved }
                continue
            }
            let whole = next.enumerated().prefix { $1.sequence == position + 1 + Int64($0) }.map(\.element)
            guard !whole.isEmpty else { throw Interruption.missing(position + 1) }
            if !isClear { try await clear() }
            isClear = true
            let deliveries = try await producer.attempt(try await records(of: whole))
            let acknowledged = whole.prefix(deliveries.failures.keys.min() ?? whole.count)
            if let last = acknowledged.last {
                try await store.advance(in: term, from: position, to: last.sequence)
                position = last.sequence
                metrics.published(acknowledged.count, until: position)
                failures = 0
            }
            if let failure = deliveries.firstFailure { throw failure }
        }
    }

    /// Waits for what this process sent before, which the same again would only stand behind, and for the topic.
    private func clear() async throws {
        while !(await producer.flush(within: Self.poll)) { try Task.checkCancellation() }
        _ = try await producer.partitions(of: Topic.audit.name, within: Self.poll)
    }

    private func wait(for latch: Latch) async throws {
        let timer = events.after(Self.poll) { latch.open() }
        defer { events.cancel(timer) }
        try await latch.wait()
    }

    private func records(of logged: [LoggedEvent]) async throws -> [Record] {
        let names = try await persons.named(in: logged)
        var records: [Record] = []
        for event in logged {
            if records.count % Self.morsel == 0 { await Task.yield() }
            records.append(PublicEvent(event, names).record)
        }
        return records
    }
}
