import GatehouseJSON
public import GatehouseKafka
import GatehouseModel
public import GatehousePostgres

/// Facts without a change (a refusal, a call, a failed sign-in): acknowledged by Kafka, else by the service's own outbox (02 § Losing nothing).
public final class Recorder {
    /// How long Kafka may take before the outbox takes over.
    private static let patience = Duration.milliseconds(250)
    /// How long Kafka is left alone after it failed.
    private static let rest = Duration.seconds(1)

    private let store: OutboxStore
    private let producer: Producer
    private let postgres: Postgres
    private let log: Log
    /// When Kafka is tried again; nil while it acknowledges.
    private var nextTry: ContinuousClock.Instant?
    private let viaKafka: Metrics.Counter
    private let viaOutbox: Metrics.Counter
    private let refused: Metrics.Counter

    public init(schema: String, _ producer: Producer, _ postgres: Postgres, _ log: Log, _ metrics: Metrics) {
        store = OutboxStore(schema: schema)
        self.producer = producer
        self.postgres = postgres
        self.log = log
        let name = "gatehouse_recorded_facts_total"
        let help = "Facts without a change, by where they were acknowledged"
        viaKafka = metrics.counter(name, help, [("by", "kafka")])
        viaOutbox = metrics.counter(name, help, [("by", "outbox")])
        refused = metrics.counter(name, help, [("by", "nobody")])
    }

    /// Returns when all are durable. With neither Kafka nor PostgreSQL the caller must refuse: it throws a `Problem`, `unavailable`.
    public func record(_ facts: [OutgoingFact]) async throws {
        Fault.point(.recordBeforeProduce)
        defer { Fault.point(.recordBeforeAnswer) }
        if isKafkasTurn {
            let deliveries = await producer.deliver(facts.map(\.record), within: Self.patience)
            guard let failure = deliveries.firstFailure else {
                nextTry = nil
                return viaKafka.add(facts.count)
            }
            if nextTry == nil {
                log.warning("facts go to the outbox: Kafka does not acknowledge", ["cause": .string("\(failure)")])
            }
            nextTry = .now + Self.rest
        }
        do {
            try await store.insert(facts, postgres)
            viaOutbox.add(facts.count)
        } catch {
            refused.add(facts.count)
            throw Problem(
                .unavailable, "What happened cannot be recorded now; nothing was done. Try again.", cause: error)
        }
    }

    /// After a failure one caller at a time finds out whether Kafka is back; the others need not wait for that.
    private var isKafkasTurn: Bool {
        guard let nextTry else { return true }
        guard nextTry <= .now else { return false }
        self.nextTry = .now + Self.patience + Self.rest
        return true
    }

    public func record(_ fact: OutgoingFact) async throws { try await record([fact]) }
}
