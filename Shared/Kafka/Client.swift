import CRDKafka
import GatehouseEventLoop

/// A librdkafka client on a core: what it reports wakes the core's loop.
final class Client {
    /// For calls into librdkafka that block; all clients of the process share it.
    static let workers = Workers(8)

    let handle: Handle
    /// What is fetched, if this is a consumer.
    let records: OpaquePointer?
    private let reports: OpaquePointer?
    private var topics: [String: OpaquePointer] = [:]
    private let wakeup = Wakeup()
    private let core: Core
    private let events: Events
    private var borrowers = 0
    private let returned = Gate()
    private var isEnding = false

    init(_ settings: Settings, _ core: Core, _ events: Events) throws(KafkaError) {
        let client = try settings.client()
        handle = Handle(client)
        reports = rd_kafka_queue_get_main(client)
        records = settings.isConsumer ? rd_kafka_queue_get_consumer(client) : nil
        self.core = core
        self.events = events
    }

    /// Calls `ready` in each turn in which something has arrived; until the end.
    func listen(_ ready: @escaping () -> Void) {
        var one: UInt64 = 1
        for queue in queues { rd_kafka_queue_io_event_enable(queue, wakeup.descriptor, &one, 8) }
        events.watch(wakeup.descriptor, for: .read) { [wakeup] _ in
            wakeup.drain()
            ready()
        }
        wake()  // a queue signals when it ceases to be empty; what it has by now has signalled nobody
    }

    /// The library's handle of a topic; nil for a name that cannot be one. Making it asks for the topic's partitions at once; a record
    /// sent by the topic's name alone would wait for them up to a second.
    func topic(_ name: String) -> OpaquePointer? {
        if let topic = topics[name] { return topic }
        let topic = rd_kafka_topic_new(handle.pointer, name, nil)
        topics[name] = topic
        return topic
    }

    /// Calls `ready` in the next turn.
    func wake() { wakeup.signal() }

    /// Empties the queue of reports: deliveries go to `delivered`, all else to `log`.
    func drain(log: (KafkaLog) -> Void, delivered: (rd_kafka_message_t) -> Void = { _ in }) {
        guard let reports else { return }
        while let event = rd_kafka_queue_poll(reports, 0) {
            defer { rd_kafka_event_destroy(event) }
            while let message = rd_kafka_event_message_next(event) { delivered(message.pointee) }
            if let line = KafkaLog(event) { log(line) }
        }
    }

    /// Why the client can send no more, if that is so.
    var fatalError: String? {
        guard rd_kafka_fatal_error(handle.pointer, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        var reason = [CChar](repeating: 0, count: 512)
        rd_kafka_fatal_error(handle.pointer, &reason, reason.count)
        return reason.text
    }

    /// Runs a call that blocks, off the core. The end waits for it, and allows no new one.
    func blocking<Value: Sendable>(
        _ body: @Sendable (Handle) -> Result<Value, KafkaError>
    ) async throws(KafkaError) -> Value {
        guard !isEnding else { throw .closed }
        borrowers += 1
        defer {
            borrowers -= 1
            if isEnding, borrowers == 0 { returned.open() }
        }
        return try await Self.workers.run { [handle] in body(handle) }.get()
    }

    /// Hears nothing any more, at once, and ends the client off the core; what takes longer than `limit` ends by itself. To be called once.
    ///
    /// A consumer is not closed first: it has joined no group and commits nothing, so there is nothing to tell a broker, and closing is
    /// what can hang.
    func end(within limit: Duration) async {
        isEnding = true
        events.forget(wakeup.descriptor)
        for queue in queues {
            rd_kafka_queue_io_event_enable(queue, -1, nil, 0)
            rd_kafka_queue_destroy(queue)
        }
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
        let ended = Gate()
        // No capture list: with one, Swift 6.3 takes an asynchronous closure off the core.
        core.start {
            if self.borrowers > 0 { await self.returned.wait() }
            await Self.workers.run { [handle = self.handle] in handle.destroy() }
            ended.open()
        }
        await ended.wait(within: limit, events)
    }

    private var queues: [OpaquePointer] { [reports, records].compactMap { $0 } }
}
