import CRDKafka
public import GatehouseEventLoop

/// Reads the partitions that it is told, from the positions that it is told. Lives on its core, until it is closed.
///
/// It is in no group and commits nothing: its caller keeps the positions. What it does not take stays with librdkafka, whose queue is
/// bounded in bytes (`queued.max.messages.kbytes`); the rest waits at the broker.
public final class Consumer {
    private let events: Events
    private let log: (KafkaLog) -> Void
    private var client: Client?
    private var arrival: Latch?
    private var taken: [ConsumedRecord] = []
    private var trouble: Trouble?
    private var watched: [String]?
    private var interruption: (any Error)?
    private var assignments = 0

    /// Where each partition goes on: after the last record that has been handled.
    public private(set) var positions: [Partition: Position] = [:]

    /// `settings` override ours and may be any of librdkafka's; `log` is called on the core.
    public init(
        _ settings: [String: String], on core: isolated Core, log: @escaping (KafkaLog) -> Void
    ) throws(KafkaError) {
        self.log = log
        events = core.events
        let client = try Client(.consumer(settings), core, core.events)
        self.client = client
        client.listen { self.hear() }
    }

    /// Reads these partitions, and no others, from here on. Forgets what has been taken and not handled, and any trouble.
    public func assign(_ positions: [Partition: Position]) throws(KafkaError) {
        watched = nil
        try read(from: positions)
    }

    /// Reads on at `position`; the other partitions go on where they are.
    public func seek(_ partition: Partition, to position: Position) throws(KafkaError) {
        var moved = positions
        moved[partition] = position
        try read(from: moved)
    }

    /// Reads all partitions of these topics from their ends: when it returns, whatever is produced from then on will be handled.
    ///
    /// For wake-ups, which may be missed: where records are gone before they are read, it goes on at the end. Waits for topics that are
    /// not there yet, and for a broker, until the task is cancelled.
    public func watch(_ topics: [String]) async throws {
        while true {
            do throws(KafkaError) {
                try read(from: try await ends(of: topics, within: .seconds(2)).mapValues { .at($0) })
                watched = topics
                return
            } catch {
                guard case .unavailable = error else { throw error }
                log(KafkaLog(.warning, facility: "WATCH", "\(error)"))
                try await events.sleep(for: .milliseconds(250))
            }
        }
    }

    /// Gives `handle` what arrives, at most `count` records at a time, until the consumer is closed or the task is cancelled.
    /// One run at a time.
    ///
    /// Within a partition records come in their order. Nothing is taken while `handle` works. If it throws, so does this, and the same
    /// records come again in the next run. Throws `offsetOutOfRange` and `unreadable`, and throws them again until `assign` or `seek` says
    /// where to go on; other trouble is logged, and librdkafka tries again.
    public func run(upTo count: Int = 500, _ handle: ([ConsumedRecord]) async throws -> Void) async throws {
        interruption = nil
        while client != nil {
            try Task.checkCancellation()
            if let interruption { throw interruption }
            if taken.isEmpty, trouble == nil { take(count) }
            if !taken.isEmpty {
                let assignment = assignments
                try await handle(taken)
                if assignment == assignments { advance() }
                await Task.yield()  // the core has others to serve
            } else if let trouble {
                try await resolve(trouble)
            } else {
                let latch = Latch()
                arrival = latch
                try await latch.wait()
            }
        }
    }

    /// Ends `run`, which throws `error`, as soon as `handle` returns.
    public func interrupt(with error: any Error) {
        interruption = error
        arrival?.open()
    }

    /// How many records each partition holds beyond those handled, as of the last fetch; what has not been fetched from is not here.
    public var lag: [Partition: Int64] {
        guard let client else { return [:] }
        var lag: [Partition: Int64] = [:]
        for case (let partition, .at(let next)) in positions {
            var low: Int64 = 0
            var high: Int64 = 0
            let code = rd_kafka_get_watermark_offsets(
                client.handle.pointer, partition.topic, partition.number, &low, &high)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 { lag[partition] = max(0, high - next) }
        }
        return lag
    }

    /// How many records are fetched and not yet taken.
    public var fetched: Int { client?.records.map { rd_kafka_queue_length($0) } ?? 0 }

    /// The cluster that the brokers belong to: offsets mean nothing in another one.
    public func clusterID(within limit: Duration = .seconds(5)) async throws(KafkaError) -> String {
        try await borrowed().blocking { $0.clusterID(within: limit) }
    }

    /// All partitions of a topic; throws `unavailable` while there is no such topic.
    public func partitions(of topic: String, within limit: Duration = .seconds(5)) async throws(KafkaError)
        -> [Partition]
    {
        let partitions = try await borrowed().blocking { $0.partitions(of: topic, within: limit) }
        guard let partitions else { throw .unavailable("there is no topic \(topic), or it has no leader") }
        return partitions
    }

    /// The offset of the next record to be produced, for each partition of these topics.
    public func ends(
        of topics: [String], within limit: Duration = .seconds(5)
    ) async throws(KafkaError) -> [Partition: Int64] {
        var all: [Partition] = []
        for topic in topics { all += try await partitions(of: topic, within: limit) }
        guard !all.isEmpty else { return [:] }
        return try await borrowed().blocking { [all] in $0.ends(of: all, within: limit) }
    }

    /// Ends `run` as soon as `handle` returns, and the client; what takes longer than `limit` ends by itself.
    public func close(within limit: Duration = .seconds(5)) async {
        guard let last = client else { return }
        client = nil
        taken = []
        assignments += 1
        arrival?.open()
        await last.end(within: limit)
    }

    private func borrowed() throws(KafkaError) -> Client {
        guard let client else { throw .closed }
        return client
    }

    private func hear() {
        client?.drain(log: log)
        arrival?.open()
        arrival = nil
    }

    private func read(from positions: [Partition: Position]) throws(KafkaError) {
        let list = PartitionList(positions.map { ($0.key, $0.value.offset) })
        let code = rd_kafka_assign(try borrowed().handle.pointer, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw .refused(code: code.rawValue, reason: code.text) }
        self.positions = positions
        taken = []
        trouble = nil
        assignments += 1
        arrival?.open()
    }

    private func advance() {
        for (record, next) in zip(taken, taken.dropFirst().map(Optional.some) + [nil])
        where record.partition != next?.partition {
            positions[record.partition] = .at(record.offset + 1)
        }
        taken = []
    }

    private func take(_ count: Int) {
        guard let queue = client?.records else { return }
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<rd_kafka_message_t>?.self, capacity: count) { messages in
            let found = rd_kafka_consume_batch_queue(queue, 0, messages.baseAddress, count)
            var topic = TopicName()
            for case let message? in messages.prefix(max(0, found)) {
                take(message, topic.of(message))
                rd_kafka_message_destroy(message)
            }
        }
    }

    private func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ topic: String) {
        let partition = Partition(topic, message.pointee.partition)
        // Nothing of a partition in trouble is handled: that would be a jump.
        if let trouble, trouble.partition == partition { return }
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR: taken.append(ConsumedRecord(message, partition))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: break
        default:
            if let trouble = Trouble(message, partition) {
                self.trouble = trouble
            } else {
                log(KafkaLog(.warning, facility: "CONSUME", "\(partition): \(message.errorText)"))
            }
        }
    }

    private func resolve(_ trouble: Trouble) async throws {
        guard case .offsetOutOfRange = trouble.error, let watched else { throw trouble.error }
        log(KafkaLog(.warning, facility: "WATCH", "\(trouble.error)"))
        try await watch(watched)
    }
}
