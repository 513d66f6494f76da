public import GatehouseEventLoop
import GatehouseJSON
public import GatehouseKafka
public import GatehouseModel
public import GatehousePostgres

/// Carries the outbox of a schema to Kafka: one leader, in order, each record deleted when it is acknowledged (02 § How a change travels).
///
/// It reads what is there, never behind a cursor: a row that commits late is not passed over. The lock does not fence Kafka; a deposed leader's
/// records may land late or twice, and consumers ignore lower revisions and known ids.
public final class OutboxRelay {
    /// For what other replicas left: their commits do not wake this process.
    private static let poll = Duration.milliseconds(5)
    private static let retry = Duration.milliseconds(500)

    private let store: OutboxStore
    private let connect: () async throws -> Connection
    private let patience: Duration
    private let producer: Producer
    private let events: Events
    private let log: Log
    private var woken = Latch()
    /// When the oldest row was made, as far as this process knows, whoever leads; nil when nothing waits.
    public private(set) var oldest: Timestamp?
    public private(set) var isLeader = false
    public private(set) var relayed = 0

    /// `connect` opens the connection whose session holds the leader's lock, and ends it after `patience` without a word.
    public init(
        schema: String, _ producer: Producer, _ log: Log, patience: Duration = LeaderSession.patience,
        on core: isolated Core,
        connect: @escaping () async throws -> Connection
    ) {
        store = OutboxStore(schema: schema)
        self.connect = connect
        self.patience = patience
        self.producer = producer
        self.log = log
        events = core.events
    }

    /// A change of this process has committed.
    public func wake() { woken.open() }

    /// Until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                let connection = try await connect()
                defer { connection.close() }
                try await LeaderSession.begin(connection, patience: patience)
                try await election(connection)
                isLeader = true
                log.info("outbox relay leads")
                try await relay(connection)
            } catch {
                if Task.isCancelled { break }
                log.warning("outbox relay pauses", ["cause": .string("\(error)")])
            }
            isLeader = false
            try? await events.sleep(for: Self.retry)
        }
        isLeader = false
    }

    private func election(_ connection: Connection) async throws {
        while true {
            let standing = try await store.stand(connection)
            oldest = standing.oldest
            if standing.isElected { return }
            try await events.sleep(for: Self.retry)
        }
    }

    private func relay(_ connection: Connection) async throws {
        while true {
            let rows = try await store.oldest(connection)
            oldest = rows.first?.made
            guard !rows.isEmpty else {
                let latch = Latch()
                woken = latch
                let timer = events.after(Self.poll) { latch.open() }
                defer { events.cancel(timer) }
                try await latch.wait()
                continue
            }
            // The end of the service does not wait for Kafka: what is left behind is sent again by the next leader.
            #if FAULTS
                events.atEndOfTurn { Fault.point(.relayAfterProduce) }
            #endif
            let deliveries = try await producer.attempt(rows.map(\.record))
            // What stands behind a failure is sent again with it: order within a key is kept, at the price of repeats.
            let acknowledged = rows.prefix(deliveries.failures.keys.min() ?? rows.count)
            Fault.point(.relayBeforeDelete)
            try await store.delete(acknowledged, connection)
            Fault.point(.relayAfterDelete)
            relayed += acknowledged.count
            if let failure = deliveries.firstFailure { throw failure }
        }
    }
}
