import GatehouseEventLoop
import GatehouseKafka
import Testing

/// Runs a story on a core of its own.
func onCore(_ story: @Sendable (isolated Core) async throws -> Void) async throws {
    let core = Core()
    defer { core.stop() }
    try await core.run(story)
}

/// A mock cluster with one topic, and a producer for it.
final class Stage {
    let cluster: MockCluster
    let producer: Producer
    let lines = Lines()
    let settings: [String: String]
    let partitions: [Partition]

    init(topic: String, partitions: Int32, settings own: [String: String] = [:], on core: isolated Core) throws {
        let cluster = try MockCluster(brokers: 1)
        cluster.create(topic, partitions: partitions)
        self.cluster = cluster
        self.partitions = (0..<partitions).map { Partition(topic, $0) }
        settings = ["bootstrap.servers": cluster.servers]
        producer = try Producer(settings.merging(own) { $1 }, on: core) { [lines] in lines.add($0) }
    }

    /// Why a record was not acknowledged. (`#expect(throws:)` would leave the core.)
    func failure(of record: Record, within limit: Duration? = nil) async -> KafkaError? {
        await producer.deliver([record], within: limit).firstFailure
    }

    /// A consumer that is told nothing yet.
    func consumer(_ own: [String: String] = [:], on core: isolated Core) throws -> Consumer {
        try Consumer(settings.merging(own) { $1 }, on: core) { [lines] in lines.add($0) }
    }

    /// Reads the topic from its beginning.
    func read(_ count: Int, on core: isolated Core) async throws -> [ConsumedRecord] {
        let consumer = try consumer(on: core)
        try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, .beginning) }))
        let records = try await consumer.handle(count, on: core)
        await consumer.close()
        return records
    }

    func close() async { await producer.close() }
}

/// What librdkafka has said.
final class Lines {
    private(set) var all: [KafkaLog] = []
    func add(_ line: KafkaLog) { all.append(line) }
}

func letter(_ number: Int) -> Record { Record(topic: "letters", key: bytes("k"), value: bytes("\(number)")) }

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What a consumer has handled.
final class Handled {
    var records: [ConsumedRecord] = []
    var error: (any Error)?
}

extension Consumer {
    /// Handles what comes until `count` records have come, or the run ends by itself.
    func handle(_ count: Int, on core: Core) async throws -> [ConsumedRecord] {
        let handled = Handled()
        await core.start {
            do {
                try await self.run { batch in
                    handled.records += batch
                    if handled.records.count >= count { withUnsafeCurrentTask { $0?.cancel() } }
                }
            } catch is CancellationError {
            } catch { handled.error = error }
        }.value
        if let error = handled.error { throw error }
        return handled.records
    }
}

func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

/// The partition of a key by Java's default partitioner.
func javaPartition(_ key: [UInt8], of partitions: Int32) -> Int32 { (javaHash(key) & 0x7fff_ffff) % partitions }

/// Murmur2 with Kafka's seed, written anew from the published algorithm.
func javaHash(_ key: [UInt8]) -> Int32 {
    let m: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(key.count)
    var rest = key[...]
    while rest.count >= 4 {
        var word = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        word = word &* m
        word ^= word >> 24
        word = word &* m
        hash = hash &* m ^ word
        rest = rest.dropFirst(4)
    }
    if !rest.isEmpty {
        hash ^= rest.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        hash = hash &* m
    }
    hash ^= hash >> 13
    hash = hash &* m
    hash ^= hash >> 15
    return Int32(bitPattern: hash)
}

/// What `body` threw. (`#expect(throws:)` would leave the core.)
func failure(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch { return error }
}

/// Waits, turn by turn, until `condition` holds; the suite's limit ends it.
func until(_ core: isolated Core, _ condition: () -> Bool) async throws {
    while !condition() { try await core.events.sleep(for: .milliseconds(5)) }
}
