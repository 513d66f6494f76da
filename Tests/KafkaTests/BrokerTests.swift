import Foundation
import GatehouseEventLoop
import GatehouseKafka
import TestSupport
import Testing

/// On the broker that `Tests/run` starts.
@Suite(.timeLimit(.minutes(2))) struct BrokerTests {
    private let topic = "kafka-tests-\(UUID())"
    private let settings: [String: String]
    private let admin: Admin

    init() throws {
        settings = ["bootstrap.servers": try TestEnvironment.required("GATEHOUSE_TEST_KAFKA")]
        admin = Admin(settings)
    }

    @Test func `topics are made once and left alone`() async throws {
        let second = topic + "-2"
        let wish = TopicSettings(
            topic, partitions: 3, properties: ["cleanup.policy": "compact", "retention.ms": "60000"])
        #expect(try await admin.create([wish]) == [topic])
        #expect(try await admin.create([wish, TopicSettings(second, partitions: 1)]) == [second])
        #expect(try await admin.create([TopicSettings(topic, partitions: 9)]) == [])
        #expect(try await admin.partitions(of: topic) == (0..<3).map { Partition(topic, $0) })
        #expect(try await admin.wait(for: [topic, second]).count == 4)
        #expect(try await admin.clusterID() != "")
        #expect(try await admin.brokers() == 1)
    }

    @Test func `a topic that cannot be is refused by its name`() async throws {
        do throws(KafkaError) {
            try await admin.create([TopicSettings("a topic", partitions: 1)])
            Issue.record("it was made")
        } catch {
            guard case .refused(_, let reason) = error else { throw error }
            #expect(reason.hasPrefix("topic a topic: "))
        }
    }

    @Test func `a topic that is not there is never made by the way`() async throws {
        try await onCore { core in
            let hasty = settings.merging(["topic.metadata.propagation.max.ms": "300"]) { $1 }
            let producer = try Producer(hasty, on: core) { _ in }
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign([Partition(topic, 0): .beginning])
            let deliveries = await producer.deliver([Record(topic: topic, key: nil, value: nil)])
            guard case .refused = deliveries.firstFailure else {
                Issue.record("\(deliveries)")
                return
            }
            #expect(try await admin.partitions(of: topic) == nil)
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `fifty thousand records in one batch arrive once, in order`() async throws {
        try await admin.create([TopicSettings(topic, partitions: 6)])
        try await onCore { core in
            let producer = try Producer(settings, on: core) { _ in }
            let records = (0..<50_000).map {
                Record(
                    topic: topic, key: bytes("\($0 % 1000)"), value: bytes("\($0)"),
                    headers: [Header("n", bytes("\($0)"))])
            }
            try await producer.send(records)
            #expect(producer.acknowledged == 50_000)
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign(Dictionary(uniqueKeysWithValues: (0..<6).map { (Partition(topic, $0), .beginning) }))
            let read = try await consumer.handle(50_000, on: core)
            let numbers = Dictionary(grouping: read, by: \.key).mapValues {
                $0.compactMap { Int(text($0.value) ?? "") }
            }
            #expect(numbers.count == 1000)
            for (key, numbers) in numbers {
                let first = try #require(Int(text(key) ?? ""))
                #expect(numbers == Array(stride(from: first, to: 50_000, by: 1000)))
            }
            #expect(read.allSatisfy { $0.header("n")?.value == $0.value })
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `many senders wait side by side`() async throws {
        try await admin.create([TopicSettings(topic, partitions: 6)])
        try await onCore { core in
            let producer = try Producer(settings, on: core) { _ in }
            let senders = (0..<500).map { sender in
                core.start {
                    for number in 0..<10 {
                        try? await producer.send(
                            Record(topic: topic, key: bytes("\(sender)"), value: bytes("\(number)")))
                    }
                }
            }
            for sender in senders { await sender.value }
            #expect(producer.acknowledged == 5000)
            #expect(producer.failed == 0)
            await producer.close()
        }
    }

    @Test func `topics may come after those who read them`() async throws {
        try await onCore { core in
            let (lines, handled, watched) = (Lines(), Handled(), Handled())
            let consumer = try Consumer(settings, on: core) { lines.add($0) }
            try consumer.assign([Partition(topic, 0): .beginning])
            let reading = core.start {
                handled.error = await failure { try await consumer.run { handled.records += $0 } }
            }
            let watcher = try Consumer(settings, on: core) { lines.add($0) }
            let watching = core.start {
                watched.error = await failure {
                    try await watcher.watch([topic])
                    try await watcher.run { watched.records += $0 }
                }
            }
            try await until(core) { lines.all.contains { $0.facility == "WATCH" } }
            try await admin.create([TopicSettings(topic, partitions: 1)])
            try await until(core) { watcher.positions == [Partition(topic, 0): .at(0)] }
            let producer = try Producer(settings, on: core) { _ in }
            try await producer.send(Record(topic: topic, key: nil, value: bytes("first")))
            try await until(core) { handled.records.count == 1 && watched.records.count == 1 }
            await consumer.close()
            await watcher.close()
            await reading.value
            await watching.value
            #expect(handled.error == nil && watched.error == nil)
            await producer.close()
        }
    }

    @Test func `a paused broker costs a deadline, and loses and doubles nothing`() async throws {
        try await onCore { core in
            let broker = try LocalBroker()
            defer { broker.remove() }
            let settings = ["bootstrap.servers": broker.servers]
            try await Admin(settings).create([TopicSettings(topic, partitions: 1)])
            let producer = try Producer(settings, on: core) { _ in }
            try await producer.send(Record(topic: topic, key: nil, value: bytes("0")))
            try broker.pause()
            for number in 1...20 {
                let record = Record(topic: topic, key: nil, value: bytes("\(number)"))
                let start = ContinuousClock.now
                #expect(await producer.deliver([record], within: .milliseconds(50)).firstFailure == .deadline)
                #expect(start.duration(to: .now) < .seconds(2))
            }
            #expect(producer.inFlight == 20)
            broker.resume()
            #expect(await producer.flush(within: .seconds(30)))
            try await producer.send(Record(topic: topic, key: nil, value: bytes("21")))
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign([Partition(topic, 0): .beginning])
            #expect(try await consumer.handle(22, on: core).map { text($0.value) } == (0...21).map { "\($0)" })
            #expect(producer.clients == 1)
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `order holds through a broker's restart, and nothing is doubled`() async throws {
        try await onCore { core in
            let broker = try LocalBroker()
            defer { broker.remove() }
            let settings = ["bootstrap.servers": broker.servers]
            try await Admin(settings).create([TopicSettings(topic, partitions: 1)])
            let producer = try Producer(settings, on: core) { _ in }
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign([Partition(topic, 0): .at(0)])
            let total = 5000
            let sending = core.start {
                var tasks: [Task<Void, Never>] = []
                for number in 0..<total {
                    let record = Record(topic: topic, key: nil, value: bytes("\(number)"))
                    tasks.append(core.start { try? await producer.send(record) })
                    if number % 100 == 0 { await tasks[number / 2].value }
                    if number == total / 2 { broker.stop() }
                    if number == total / 2 + 90 { try? broker.start() }
                }
                for task in tasks { await task.value }
            }
            #expect(try await consumer.handle(total, on: core).map { text($0.value) } == (0..<total).map { "\($0)" })
            await sending.value
            #expect(producer.acknowledged == total)
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `a broker that is away at the start is told of, and awaited`() async throws {
        try await onCore { core in
            let broker = try LocalBroker()
            defer { broker.remove() }
            let settings = ["bootstrap.servers": broker.servers]
            try await Admin(settings).create([TopicSettings(topic, partitions: 1)])
            broker.stop()
            let lines = Lines()
            let producer = try Producer(settings, on: core) { lines.add($0) }
            let record = Record(topic: topic, key: nil, value: bytes("patient"))
            #expect(await producer.deliver([record], within: .milliseconds(100)).firstFailure == .deadline)
            try await until(core) {
                lines.all.contains { $0.level == .error && $0.text.contains("Connection refused") }
            }
            try broker.start()
            #expect(await producer.flush(within: .seconds(30)))
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign([Partition(topic, 0): .at(0)])
            #expect(try await consumer.handle(1, on: core).map(\.value) == [record.value])
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `a broker that does not hold empty fetches is not kept busy`() async throws {
        try await onCore { core in
            let broker = try LocalBroker()
            defer { broker.remove() }
            let settings = ["bootstrap.servers": broker.servers]
            try await Admin(settings).create([TopicSettings(topic, partitions: 1)])
            let producer = try Producer(settings, on: core) { _ in }
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign([Partition(topic, 0): .beginning])
            try await producer.send(Record(topic: topic, key: nil, value: bytes("1")))
            _ = try await consumer.handle(1, on: core)
            let before = try broker.processorTime()
            try await core.events.sleep(for: .seconds(2))
            // Without a rest between them it is half of a processor.
            #expect(try broker.processorTime() - before < 0.3)
            try await producer.send(Record(topic: topic, key: nil, value: bytes("2")))
            _ = try await consumer.handle(1, on: core)
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `who is far behind catches up, though this broker answers with all that it has`() async throws {
        try await onCore { core in
            let broker = try LocalBroker()
            defer { broker.remove() }
            let settings = ["bootstrap.servers": broker.servers]
            try await Admin(settings).create([TopicSettings(topic, partitions: 1)])
            let producer = try Producer(settings, on: core) { _ in }
            // More than librdkafka takes in one response by itself: 100 MB that do not shrink.
            var random = SystemRandomNumberGenerator()
            let value = (0..<900_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            for _ in 0..<4 {
                try await producer.send((0..<30).map { _ in Record(topic: topic, key: nil, value: value) })
            }
            let consumer = try Consumer(settings, on: core) { _ in }
            try consumer.assign([Partition(topic, 0): .beginning])
            let read = try await consumer.handle(120, on: core)
            #expect(read.count == 120 && read.allSatisfy { $0.value?.count == value.count })
            await consumer.close()
            await producer.close()
        }
    }

    @Test func `no broker is told as such`() async throws {
        do throws(KafkaError) {
            _ = try await Admin(["bootstrap.servers": "127.0.0.1:9"]).partitions(of: topic, within: .milliseconds(1500))
            Issue.record("something answered")
        } catch {
            guard case .unavailable(let reason) = error else { throw error }
            #expect(reason.contains("127.0.0.1:9"))
            #expect(reason.contains("Connection refused"))
        }
    }

    @Test func `clients that come and go leave no descriptor behind`() async throws {
        try await admin.create([TopicSettings(topic, partitions: 1)])
        try await onCore { core in
            let before = try descriptors()
            for number in 0..<50 {
                let producer = try Producer(settings, on: core) { _ in }
                let consumer = try Consumer(settings, on: core) { _ in }
                try consumer.assign([Partition(topic, 0): .at(0)])
                // Every other is closed before it has found its broker.
                if number % 2 == 0 {
                    try await producer.send(Record(topic: topic, key: nil, value: bytes("\(number)")))
                    _ = try await consumer.handle(1, on: core)
                }
                await producer.close()
                await consumer.close()
            }
            // A leak is of five or more for each client, and stays; what other tests hold meanwhile goes.
            try await eventually("the descriptors are given back", within: .seconds(60)) {
                try descriptors() < before + 50
            }
        }
    }
}

private func descriptors() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
