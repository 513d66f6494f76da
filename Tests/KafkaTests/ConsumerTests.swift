import GatehouseEventLoop
import GatehouseKafka
import Testing

/// On librdkafka's own mock cluster.
@Suite(.timeLimit(.minutes(1))) struct ConsumerTests {
    private let letters = Partition("letters", 0)

    @Test func `it reads on from the positions that it is told, partition by partition`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 3, on: core)
            try await stage.producer.send(
                (0..<60).map { Record(topic: "letters", key: bytes("key \($0)"), value: nil) })
            let all = Dictionary(grouping: try await stage.read(60, on: core), by: \.partition)
            try #require(all.count == 3)
            let consumer = try stage.consumer(on: core)
            let positions = all.mapValues { Position.at($0[2].offset) }
            try consumer.assign(positions)
            #expect(consumer.positions == positions)
            let rest = Dictionary(grouping: try await consumer.handle(54, on: core), by: \.partition)
            #expect(rest == all.mapValues { Array($0.dropFirst(2)) })
            #expect(consumer.positions == all.mapValues { .at(Int64($0.count)) })
            #expect(consumer.lag == all.mapValues { _ in 0 })
            await consumer.close()
            await stage.close()
        }
    }

    @Test func `a run that waits ends with what interrupts it, and the next goes on`() async throws {
        struct Enough: Error {}
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            let consumer = try stage.consumer(on: core)
            try await stage.producer.send((0..<2).map(letter))
            try consumer.assign([letters: .beginning])
            _ = try await consumer.handle(2, on: core)
            let interrupting = core.start {
                try? await core.events.sleep(for: .milliseconds(20))
                consumer.interrupt(with: Enough())
            }
            do {
                try await consumer.run { _ in }
                Issue.record("it ended by itself")
            } catch is Enough {}
            await interrupting.value
            try await stage.producer.send([letter(2)])
            #expect(try await consumer.handle(1, on: core).map(\.offset) == [2])
            await consumer.close()
            await stage.close()
        }
    }

    @Test func `an offset out of range is an error until it is said where to go on`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send((0..<5).map(letter))
            let consumer = try stage.consumer(on: core)
            try consumer.assign([letters: .at(1000)])
            for _ in 1...2 {
                do {
                    let records = try await consumer.handle(1, on: core)
                    Issue.record("it jumped: \(records)")
                } catch let error as KafkaError {
                    guard case .offsetOutOfRange(letters, offset: 1000, _) = error else { throw error }
                }
            }
            #expect(consumer.positions == [letters: .at(1000)])
            try consumer.seek(letters, to: .at(3))
            #expect(try await consumer.handle(2, on: core).map(\.offset) == [3, 4])
            await consumer.close()
            await stage.close()
        }
    }

    @Test func `a watcher sees what is produced after it began, and nothing before`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 3, on: core)
            try await stage.producer.send(
                (0..<30).map { Record(topic: "letters", key: bytes("\($0)"), value: bytes("old")) })
            let watcher = try stage.consumer(on: core)
            try await watcher.watch(["letters"])
            #expect(watcher.positions.values.allSatisfy { $0 != .at(0) })
            try await stage.producer.send(
                (0..<30).map { Record(topic: "letters", key: bytes("\($0)"), value: bytes("new")) })
            let seen = try await watcher.handle(30, on: core)
            #expect(seen.count == 30)
            #expect(seen.allSatisfy { text($0.value) == "new" })
            await watcher.close()
            await stage.close()
        }
    }

    @Test func `a watcher whose records are gone goes on at the end`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send(letter(0))
            let watcher = try stage.consumer(on: core)
            try await watcher.watch(["letters"])
            let handled = Handled()
            let run = core.start { handled.error = await failure { try await watcher.run { handled.records += $0 } } }
            try watcher.seek(letters, to: .at(1000))  // as if all up to there had been deleted
            try await until(core) {
                stage.lines.all.contains { $0.text.contains("1000 of letters[0] is out of range") }
            }
            try await until(core) { watcher.positions == [letters: .at(1)] }
            try await stage.producer.send(letter(1))
            try await until(core) { handled.records.map(\.offset) == [1] }
            await watcher.close()
            await run.value
            #expect(handled.error == nil)
            await stage.close()
        }
    }

    @Test func `what could not be handled comes again`() async throws {
        struct Refused: Error {}
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send((0..<5).map(letter))
            let consumer = try stage.consumer(on: core)
            try consumer.assign([letters: .beginning])
            let refused = Handled()
            refused.error = await failure {
                try await consumer.run { batch in
                    refused.records += batch
                    throw Refused()
                }
            }
            #expect(refused.error is Refused)
            #expect(!refused.records.isEmpty)
            #expect(consumer.positions == [letters: .beginning])
            #expect(try await consumer.handle(5, on: core).map(\.offset) == [0, 1, 2, 3, 4])
            #expect(consumer.positions == [letters: .at(5)])
            await consumer.close()
            await stage.close()
        }
    }

    @Test func `a seek while records are handled counts, not the records`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send((0..<5).map(letter))
            let consumer = try stage.consumer(on: core)
            try consumer.assign([letters: .beginning])
            var offsets: [Int64] = []
            let error = await failure {
                try await consumer.run { batch in
                    offsets += batch.map(\.offset)
                    if offsets == [0, 1, 2, 3, 4] { try consumer.seek(letters, to: .at(3)) }
                    if offsets.count == 7 { await consumer.close() }
                }
            }
            #expect(error == nil)
            #expect(offsets == [0, 1, 2, 3, 4, 3, 4])
            await stage.close()
        }
    }

    @Test func `lost connections and refusals that pass are got over`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            try await stage.producer.send((0..<10).map(letter))
            let transport: Int32 = -195
            let notLeader: Int32 = 6
            stage.cluster.fail(.fetch, with: [notLeader, transport, notLeader])
            let consumer = try stage.consumer(on: core)
            try consumer.assign([letters: .beginning])
            #expect(try await consumer.handle(10, on: core).map(\.offset) == Array(0..<10))
            await consumer.close()
            await stage.close()
        }
    }

    @Test func `closing ends a run that waits`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            let consumer = try stage.consumer(on: core)
            try consumer.assign([letters: .beginning])
            let run = core.start { #expect(await failure { try await consumer.run { _ in } } == nil) }
            await consumer.close()
            await run.value
            #expect(await failure { _ = try await consumer.clusterID() } as? KafkaError == .closed)
            #expect(await failure { try consumer.assign([:]) } as? KafkaError == .closed)
            await stage.close()
        }
    }

    @Test func `cancelling the task ends a run that waits`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 1, on: core)
            let consumer = try stage.consumer(on: core)
            let run = core.start {
                #expect(await failure { try await consumer.run { _ in } } is CancellationError)
            }
            run.cancel()
            await run.value
            await consumer.close()
            await stage.close()
        }
    }

    @Test func `it knows its cluster, its partitions and their ends`() async throws {
        try await onCore { core in
            let stage = try Stage(topic: "letters", partitions: 2, on: core)
            try await stage.producer.send((0..<7).map(letter))
            let consumer = try stage.consumer(on: core)
            #expect(try await consumer.clusterID().hasPrefix("mockCluster"))
            #expect(try await consumer.partitions(of: "letters") == stage.partitions)
            let partition = Partition("letters", javaPartition(bytes("k"), of: 2))
            let ends = try await consumer.ends(of: ["letters"])
            #expect(ends.count == 2)
            #expect(ends[partition] == 7)
            #expect(ends.values.reduce(0, +) == 7)
            await consumer.close()
            await stage.close()
        }
    }

    // The local default broker answers a fetch with all that a partition holds, whatever is asked; the mock and Apache Kafka do not.
    @Test func `a slow reader holds no more than its queue may`() async throws {
        try await onCore { core in
            let stage = try Stage(
                topic: "letters", partitions: 4, settings: ["batch.num.messages": "10", "compression.type": "none"],
                on: core)
            let value = [UInt8](repeating: 7, count: 10_000)
            let total = 500  // 5 MB
            try await stage.producer.send(
                (0..<total).map { Record(topic: "letters", key: bytes("\($0)"), value: value) })
            let consumer = try stage.consumer(["queued.max.messages.kbytes": "1024"], on: core)
            try consumer.assign(Dictionary(uniqueKeysWithValues: stage.partitions.map { ($0, .at(0)) }))
            let handled = Handled()
            var most = 0
            let run = core.start {
                handled.error = await failure {
                    try await consumer.run(upTo: 10) { batch in
                        handled.records += batch
                        try await core.events.sleep(for: .milliseconds(2))
                        most = max(most, consumer.fetched)
                        if handled.records.count == total { await consumer.close() }
                    }
                }
            }
            await run.value
            #expect(handled.error == nil)
            #expect(handled.records.count == total)
            #expect(most >= 50)  // it ran ahead
            #expect(most <= 105 + 4 * 10)  // 1 MiB, and one more answer for each partition
            await stage.close()
        }
    }
}
