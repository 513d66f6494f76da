import GatehouseEventLoop
import GatehouseKafka
import Testing

/// On librdkafka's own mock cluster, which takes orders to fail.
@Suite(.timeLimit(.minutes(1))) struct ProducerTests {
    @Test func `a record arrives as it was sent`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 4, on: core)
            let sent = Record(
                topic: "letters", key: bytes("a key"), value: bytes("a value"),
                headers: [Header("ce_id", [1, 2, 0, 255]), Header("ce_id", []), Header("none", nil), Header("", [7])])
            try await stage.producer.send(sent)
            let record = try #require(try await stage.read(1, on: core).first)
            #expect(record.partition == Partition("letters", javaPartition(bytes("a key"), of: 4)))
            #expect(record.offset == 0)
            #expect(record.key == sent.key)
            #expect(record.value == sent.value)
            #expect(record.headers == sent.headers)
            #expect(record.header("ce_id")?.value == [])
            #expect(record.timestamp ?? 0 > 1_700_000_000_000)
            await stage.close()
        }
    }

    @Test func `absent and empty stay apart`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            let pairs: [(key: [UInt8]?, value: [UInt8]?)] = [(nil, nil), (nil, []), ([], nil), ([], []), ([0], [0])]
            try await stage.producer.send(pairs.map { Record(topic: "letters", key: $0.key, value: $0.value) })
            let records = try await stage.read(pairs.count, on: core)
            #expect(records.map(\.key) == pairs.map(\.key))
            #expect(records.map(\.value) == pairs.map(\.value))
            await stage.close()
        }
    }

    @Test func `keys go to the partitions that Java chooses`() async throws {
        try await onCore { core in
            // Apache Kafka's own test vectors for murmur2 (UtilsTest.testMurmur2).
            #expect(javaHash(bytes("21")) == -973_932_308)
            #expect(javaHash(bytes("foobar")) == -790_332_482)
            #expect(javaHash(bytes("a-little-bit-long-string")) == -985_981_536)
            let stage = try Stage(topic: "letters", partitions: 12, on: core)
            let keys = (0..<500).map { bytes("key-\($0 * 7919)-\(String(repeating: "x", count: $0 % 9))") }
            try await stage.producer.send(keys.map { Record(topic: "letters", key: $0, value: nil) })
            for record in try await stage.read(keys.count, on: core) {
                #expect(record.partition.number == javaPartition(record.key ?? [], of: 12))
            }
            await stage.close()
        }
    }

    @Test func `order holds through lost connections and refusals that pass`() async throws {
        try await onCore { core in
            // One request at a time: the mock cluster does not refuse what comes out of order, as a broker does.
            let stage = try Stage(topic: "letters", partitions: 1, settings: ["max.in.flight": "1"], on: core)
            let transport: Int32 = -195
            let notLeader: Int32 = 6
            stage.cluster.fail(.produce, with: [transport, notLeader, transport, notLeader])
            let sending = (0..<3000).map { number in
                core.start { try? await stage.producer.send(letter(number)) }
            }
            for task in sending { await task.value }
            #expect(stage.producer.acknowledged == 3000)
            #expect(try await stage.read(3000, on: core).map { text($0.value) } == (0..<3000).map { "\($0)" })
            await stage.close()
        }
    }

    @Test func `a record that is too large is refused, its neighbours are not`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            let large = Record(topic: "letters", key: nil, value: [UInt8](repeating: 7, count: 1_100_000))
            let deliveries = await stage.producer.deliver([letter(0), large, letter(1)])
            #expect(deliveries.failures.keys.sorted() == [1])
            let messageTooLarge: Int32 = 10
            guard case .refused(messageTooLarge, _) = deliveries.firstFailure else {
                Issue.record("\(deliveries)")
                return
            }
            #expect(try await stage.read(2, on: core).map { text($0.value) } == ["0", "1"])
            await stage.close()
        }
    }

    /// What the public audit topic needs: it is read in order, and what was refused is sent again.
    @Test func `without gaps, nothing arrives behind a record that was refused`() async throws {
        try await onCore { core in
            let stage = try Stage(
                topic: "letters", partitions: 1,
                settings: [
                    "enable.gapless.guarantee": "true", "message.timeout.ms": "0", "batch.num.messages": "1",
                    "max.in.flight": "1",
                ], on: core)
            try await stage.producer.send(letter(0))
            let notAuthorized: Int32 = 29
            stage.cluster.fail(.produce, with: [notAuthorized])
            let deliveries = await stage.producer.deliver((1...20).map(letter))
            #expect(deliveries.failures.count == 20)
            try await stage.producer.send((1...20).map(letter))
            #expect(stage.producer.clients == 2)
            #expect(try await stage.read(21, on: core).map { text($0.value) } == (0...20).map { "\($0)" })
            await stage.close()
        }
    }

    @Test func `a cancelled task is not kept, and what it sent still arrives`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            #expect(try await stage.producer.attempt([letter(0)]).failures.isEmpty)
            stage.cluster.delay(broker: 1, by: .seconds(1))
            let left = Handled()
            let sending = core.start {
                left.error = await failure { _ = try await stage.producer.attempt([letter(1)]) }
            }
            try await until(core) { stage.producer.inFlight == 1 }
            sending.cancel()
            await sending.value
            #expect(left.error is CancellationError)
            #expect(stage.producer.inFlight == 1)
            stage.cluster.delay(broker: 1, by: .zero)
            #expect(try await stage.read(2, on: core).map { text($0.value) } == ["0", "1"])
            await stage.close()
        }
    }

    @Test func `a producer knows the partitions of a topic`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 3, on: core)
            #expect(try await stage.producer.partitions(of: "letters", within: .seconds(10)) == stage.partitions)
            await stage.close()
        }
    }

    @Test func `a full queue makes senders wait, and drops nothing`() async throws {
        try await onCore { core in
            let stage = try Stage(
                topic: "letters", partitions: 1, settings: ["queue.buffering.max.messages": "50"], on: core)
            let sending = (0..<40).map { part in
                core.start { try? await stage.producer.send((0..<50).map { letter(part * 50 + $0) }) }
            }
            while stage.producer.inFlight < 50 { await Task.yield() }
            #expect(stage.producer.inFlight == 50)
            for task in sending { await task.value }
            #expect(stage.producer.acknowledged == 2000)
            #expect(try await stage.read(2000, on: core).map { text($0.value) } == (0..<2000).map { "\($0)" })
            await stage.close()
        }
    }

    @Test func `after its deadline a sender goes on, and the record arrives later`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send(letter(0))
            stage.cluster.delay(broker: 1, by: .seconds(1))
            #expect(await stage.failure(of: letter(1), within: .milliseconds(50)) == .deadline)
            #expect(stage.producer.inFlight == 1)
            stage.cluster.delay(broker: 1, by: .zero)
            #expect(await stage.producer.flush(within: .seconds(10)))
            #expect(try await stage.read(2, on: core).map { text($0.value) } == ["0", "1"])
            await stage.close()
        }
    }

    @Test func `what waited for room until its deadline is never sent`() async throws {
        try await onCore { core in
            let stage = try Stage(
                topic: "letters", partitions: 1, settings: ["queue.buffering.max.messages": "1"], on: core)
            try await stage.producer.send(letter(0))
            stage.cluster.delay(broker: 1, by: .seconds(1))
            let first = core.start { try? await stage.producer.send(letter(1)) }
            while stage.producer.inFlight < 1 { await Task.yield() }
            let deliveries = await stage.producer.deliver([letter(-1), letter(-2)], within: .milliseconds(50))
            #expect(deliveries.failures == [0: .deadline, 1: .deadline])
            stage.cluster.delay(broker: 1, by: .zero)
            await first.value
            try await stage.producer.send(letter(2))
            #expect(try await stage.read(3, on: core).map { text($0.value) } == ["0", "1", "2"])
            await stage.close()
        }
    }

    @Test func `a fatal error fails what is in flight and makes a new client`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send(letter(0))
            let outOfOrder: Int32 = 45
            stage.cluster.fail(.produce, with: [outOfOrder])
            guard case .unacknowledged = await stage.failure(of: letter(1)) else {
                Issue.record("the record was acknowledged, or refused")
                return
            }
            try await stage.producer.send(letter(2))
            #expect(stage.producer.clients == 2)
            #expect(stage.producer.failed == 1)
            #expect(try await stage.read(2, on: core).map { text($0.value) } == ["0", "2"])
            await stage.close()
        }
    }

    @Test func `closing fails what is not acknowledged in time, and all that comes later`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send(letter(0))
            stage.cluster.delay(broker: 1, by: .seconds(3))
            var outcomes: [KafkaError?] = []
            let sending = (1...100).map { number in
                core.start { outcomes.append(await stage.producer.deliver([letter(number)]).firstFailure) }
            }
            await stage.producer.close(within: .milliseconds(50))
            for task in sending { await task.value }
            #expect(outcomes == [KafkaError?](repeating: .closed, count: 100))
            #expect(await stage.failure(of: letter(101)) == .closed)
            await stage.close()
        }
    }

    @Test func `closing waits for what can still be acknowledged, even in a cancelled task`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            var failures: [KafkaError?] = []
            let sending = (0..<100).map { number in
                core.start { failures.append(await stage.producer.deliver([letter(number)]).firstFailure) }
            }
            while stage.producer.inFlight + stage.producer.acknowledged < 100 { await Task.yield() }
            await core.start {
                withUnsafeCurrentTask { $0?.cancel() }
                await stage.producer.close()
            }.value
            for task in sending { await task.value }
            #expect(failures == [KafkaError?](repeating: nil, count: 100))
            await stage.close()
        }
    }

    @Test func `a message's own time-out is no acknowledgement`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, settings: ["message.timeout.ms": "300"], on: core)
            stage.cluster.stop(broker: 1)
            guard case .unacknowledged = await stage.failure(of: letter(0)) else {
                Issue.record("the record was acknowledged, or refused")
                return
            }
            await stage.close()
        }
    }

    @Test func `lines from before the loop listened wake it, too`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, settings: ["debug": "all"], on: core)
            try await stage.producer.send((0..<100).map(letter))
            #expect(stage.lines.all.contains { $0.level == .debug && $0.facility == "INIT" })
            await stage.close()
        }
    }
}
