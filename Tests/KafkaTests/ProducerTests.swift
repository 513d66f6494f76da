import GatehouseEventLoop
import GatehouseKafka
import Testing

/// On librdkafka's own mock cluster, which takes orders to fail.
@Suite(.timeLimit(.minutes(2))) struct ProducerTests {
    @Test func `a record arrives as it was sent`() async throws {
        try await onCore { core in
            let cluster = try MockCluster(brokers: 1)
            cluster.create("letters", partitions: 4)
            let settings = ["bootstrap.servers": cluster.servers]
            let producer = try Producer(settings, on: core) { _ in }
            let sent = Record(
                topic: "letters", key: Array("a key".utf8), value: Array("a value".utf8),
                headers: [Header("ce_id", [1, 2, 0, 255]), Header("ce_id", []), Header("none", nil), Header("", [7])])
            try await producer.send(sent)
            let consumer = try Consumer(settings, on: core) { _ in }
            let partitions = try await consumer.partitions(of: "letters")
            #expect(partitions == (0..<4).map { Partition("letters", $0) })
            try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, .beginning) }))
            let records = try await consumer.handle(1, on: core)
            let record = try #require(records.first)
            #expect(records.count == 1)
            #expect(record.partition == Partition("letters", javaPartition(Array("a key".utf8), of: 4)))
            #expect(record.offset == 0)
            #expect(record.key == sent.key)
            #expect(record.value == sent.value)
            #expect(record.headers == sent.headers)
            #expect(record.header("ce_id")?.value == [])
            #expect(record.timestamp ?? 0 > 1_700_000_000_000)
            await consumer.close()
            await producer.close()
        }
    }
}
