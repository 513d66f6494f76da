import CRDKafka
public import GatehouseEventLoop

/// Sends records and awaits their acknowledgement. One for each process; lives on its core, until it is closed.
///
/// Records are handed over in the order of the calls. What librdkafka's queue has no room for waits here, with its caller: nothing is
/// dropped. After a fatal error a new client takes over, and what was in flight has failed: it may have arrived.
public final class Producer {
    private static let recordsPerTurn = 1000
    private static let pause = Duration.seconds(1)

    private let settings: Settings
    private let core: Core
    private let events: Events
    private let log: (KafkaLog) -> Void
    private var client: Client?
    private var made = ContinuousClock.now
    private var receipts = Receipts()
    private var backlog = Backlog()
    private var flushes: [Gate] = []
    private var isClosed = false

    /// For metrics: records acknowledged, records failed, clients made.
    public private(set) var acknowledged = 0, failed = 0, clients = 0
    /// Records that librdkafka has, and has not reported on.
    public var inFlight: Int { receipts.inFlight }

    /// `settings` override ours and may be any of librdkafka's; `log` is called on the core.
    public init(
        _ settings: [String: String], on core: isolated Core, log: @escaping (KafkaLog) -> Void
    ) throws(KafkaError) {
        self.settings = .producer(settings)
        self.core = core
        self.log = log
        events = core.events
        try connect()
    }

    /// Returns when the record is acknowledged.
    ///
    /// After `limit` it throws `.deadline`, and the record may still arrive. Cancelling the task does not end the wait, librdkafka's
    /// `message.timeout.ms` (30 s) does.
    public func send(_ record: Record, within limit: Duration? = nil) async throws(KafkaError) {
        try await send([record], within: limit)
    }

    /// Returns when all records are acknowledged; throws the first failure, in their order.
    public func send(_ records: [Record], within limit: Duration? = nil) async throws(KafkaError) {
        if let failure = await deliver(records, within: limit).firstFailure { throw failure }
    }

    /// Returns when each record is acknowledged or has failed.
    public func deliver(_ records: [Record], within limit: Duration? = nil) async -> Deliveries {
        guard !records.isEmpty else { return Deliveries() }
        return await withCheckedContinuation { caller in
            let delivery = Delivery(records, caller)
            guard !isClosed else { return delivery.fail(.closed) }
            if let limit { delivery.expire(after: limit, events) }
            backlog.append(delivery)
            if backlog.first === delivery { handOver() }
        }
    }

    /// The same, but a cancelled task leaves the records behind, and is not kept: they may still arrive.
    public func attempt(_ records: [Record]) async throws -> Deliveries {
        let done = Latch()
        var deliveries: Deliveries?
        core.start {
            deliveries = await self.deliver(records)
            done.open()
        }
        try await done.wait()
        guard let deliveries else { throw CancellationError() }
        return deliveries
    }

    /// All partitions of a topic; throws `unavailable` while there is no such topic, and as long as the client is dead.
    public func partitions(of topic: String, within limit: Duration) async throws(KafkaError) -> [Partition] {
        guard let client else { throw .unavailable("there is no client") }
        guard let found = try await client.blocking({ $0.partitions(of: topic, within: limit) }) else {
            throw .unavailable("there is no topic \(topic), or it has no leader")
        }
        return found
    }

    /// Waits, at most for `limit`, until nothing is in flight; says whether that is so.
    @discardableResult
    public func flush(within limit: Duration) async -> Bool {
        guard !isIdle else { return true }
        let gate = Gate()
        flushes.append(gate)
        await gate.wait(within: limit, events)
        return isIdle
    }

    /// Takes nothing more, waits at most for `limit` for what is in flight, fails the rest, and ends the client.
    public func close(within limit: Duration = .seconds(5)) async {
        guard !isClosed else { return }
        isClosed = true
        await flush(within: limit)
        backlog.fail(.closed)
        receipts.fail(.closed)
        let last = client
        client = nil
        await last?.end(within: limit)
    }

    private var isIdle: Bool { receipts.inFlight == 0 && backlog.isEmpty }

    private func handOver() {
        guard let client else { return }
        for _ in 0..<Self.recordsPerTurn {
            guard let delivery = backlog.first else { return }
            guard let record = delivery.rest.first else {
                backlog.removeFirst()
                continue
            }
            let index = delivery.rest.startIndex
            let receipt = receipts.issue(delivery, index)
            let code = client.produce(record, receipt)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
                delivery.advance()
                continue
            }
            _ = receipts.redeem(receipt)
            switch code {
            // Room comes with a delivery report, a new client with the fatal error's event.
            case RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__FATAL: return
            default:
                failed += 1
                delivery.advance()
                delivery.settle(index, KafkaError(sending: code))
            }
        }
        if !backlog.isEmpty { client.wake() }
    }

    private func drain() {
        client?.drain(log: log) { report($0) }
        if let reason = client?.fatalError { renew(reason) }
        handOver()
        guard isIdle else { return }
        for gate in flushes { gate.open() }
        flushes = []
    }

    private func report(_ message: rd_kafka_message_t) {
        guard let (delivery, index) = receipts.redeem(message._private) else { return }
        if message.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            acknowledged += 1
            delivery.settle(index)
        } else {
            failed += 1
            delivery.settle(index, KafkaError(sending: message.err))
        }
    }

    private func connect() throws(KafkaError) {
        made = .now
        let client = try Client(settings, core, events)
        client.listen { self.drain() }
        self.client = client
        clients += 1
    }

    /// After a fatal error: a new client, but not many in a row.
    private func renew(_ reason: String) {
        guard let dead = client else { return }
        client = nil
        failed += receipts.inFlight
        receipts.fail(.unacknowledged(reason))
        core.start { await dead.end(within: .zero) }
        let wait = ContinuousClock.now.duration(to: made + Self.pause)
        if wait > .zero { events.after(wait) { self.reconnect() } } else { reconnect() }
    }

    private func reconnect() {
        guard !isClosed else { return }
        do throws(KafkaError) {
            try connect()
            handOver()
        } catch {
            log(KafkaLog(.error, facility: "CLIENT", "no new client: \(error)"))
            backlog.fail(error)
            events.after(Self.pause) { self.reconnect() }
        }
    }
}
