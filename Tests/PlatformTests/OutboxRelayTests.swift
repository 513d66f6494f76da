import GatehouseEventLoop
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `The relay of an outbox` {
    @Test func `carries every row in its order, and leaves none behind`() async throws {
        try await Mailroom.open { room, _, core in
            for number in 1...600 { try await room.change("key \(number % 7)") }
            let work = try room.relay(on: core)
            let reader = try Reader(of: room, on: core)
            let events = try await reader.events(600)
            #expect(events.map(\.revision) == Array(1...600))
            #expect(events.map(\.subject) == (1...600).map { "key \($0 % 7)" })
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            try await eventually("the relay knows it") { work.relay.oldest == nil }
            #expect(work.relay.relayed == 600)
            await work.end()
            await reader.close()
        }
    }

    @Test func `keeps what is not acknowledged, and every relay knows how old it is`() async throws {
        try await Mailroom.open { room, broker, core in
            let (one, other) = (try room.relay(on: core), try room.relay(on: core))
            try await eventually("one leads") { one.relay.isLeader != other.relay.isLeader }
            try broker.pause()
            let before = Timestamp.now()
            for _ in 0..<3 { try await room.change("key") }
            try await eventually("Kafka has the first") { room.producer.inFlight > 0 }
            #expect(try await room.waiting() == 3)
            for relay in [one.relay, other.relay] {
                try await eventually("the age is known") {
                    relay.oldest.map { $0 >= before - .milliseconds(1) } ?? false
                }
            }
            broker.resume()
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            for relay in [one.relay, other.relay] {
                try await eventually("all is well") { relay.oldest == nil }
            }
            let reader = try Reader(of: room, on: core)
            #expect(try await reader.events(3).map(\.revision) == [1, 2, 3])
            await one.end()
            await other.end()
            await reader.close()
        }
    }

    @Test func `one that stands still does not lead for ever`() async throws {
        try await Mailroom.open { room, broker, core in
            let still = try room.relay(patience: .milliseconds(500), on: core)
            try await eventually("it leads") { still.relay.isLeader }
            try broker.pause()
            try await room.change("key")
            try await eventually("it waits") { room.producer.inFlight > 0 }
            let other = try room.relay(on: core)
            try await eventually("the other leads") { other.relay.isLeader }
            broker.resume()
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            try await eventually("one leads") { !still.relay.isLeader && other.relay.isLeader }
            await still.end()
            await other.end()
        }
    }

    @Test func `sends again what stands behind a refusal`() async throws {
        try await Mailroom.open(topics: [.applications]) { room, _, core in
            for type in [.applicationCreated, .secretRotated, .applicationUpdated] as [EventType] {
                try await room.change("key", type)
            }
            let work = try room.relay(on: core)
            try await eventually("what stands before it is gone") { try await room.waiting() == 2 }
            let reader = try Reader(of: room, on: core)
            #expect(try await reader.events(2).map(\.revision).prefix(2) == [1, 3])
            try await room.make([.secretRotations])
            try await eventually("the outbox is empty", within: .seconds(30)) { try await room.waiting() == 0 }
            let rotations = try Reader(.secretRotations, of: room, on: core)
            #expect(try await rotations.events(1).map(\.revision) == [2])
            #expect(
                try await reader.events { $0.count(where: { $0.revision == 3 }) > 1 }.once.map(\.revision) == [1, 3])
            await work.end()
            await reader.close()
            await rotations.close()
        }
    }

    @Test func `goes on after a fatal error of its producer`() async throws {
        try await Mailroom.openOnMock { room, cluster, core in
            let work = try room.relay(on: core)
            try await room.change("key")
            try await eventually("the first is gone") { try await room.waiting() == 0 }
            let outOfOrder: Int32 = 45
            cluster.fail(.produce, with: [outOfOrder])
            for _ in 0..<20 { try await room.change("key") }
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            #expect(room.producer.clients == 2)
            let reader = try Reader(of: room, on: core)
            // The mock cluster takes what comes after a gap, as no broker does: so what matters is that all of it comes again.
            try await reader.events { $0.suffix(20).map(\.revision) == Array(2...21) }
            await work.end()
            await reader.close()
        }
    }

    @Test func `has one leader; when that is cut or ends, another goes on, in order`() async throws {
        try await Mailroom.open { room, _, core in
            let works = [try room.relay(on: core), try room.relay(on: core)]
            let reader = try Reader(of: room, on: core)
            var made = 0
            let changes = core.start {
                while !Task.isCancelled { if (try? await room.change("key \(made % 5)")) != nil { made += 1 } }
            }
            for _ in 0..<3 {
                try await eventually("one leads") { works.count { $0.relay.isLeader } == 1 }
                let relayed = works.reduce(0) { $0 + $1.relay.relayed }
                try await room.cutLeader()
                try await eventually("the rows go on") { works.reduce(0) { $0 + $1.relay.relayed } > relayed }
            }
            try await eventually("one leads") { works.count { $0.relay.isLeader } == 1 }
            let (leader, other) = works[0].relay.isLeader ? (works[0], works[1]) : (works[1], works[0])
            await leader.end()
            #expect(!leader.relay.isLeader)
            try await eventually("the other leads") { other.relay.isLeader }
            changes.cancel()
            await changes.value
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            let revisions = try await database(room)
            let events = try await reader.events(revisions)
            #expect(events.once.map(\.revision) == Array(1...revisions))
            await other.end()
            await reader.close()
        }
    }

    /// The head: how many changes were committed, told or not.
    private func database(_ room: Mailroom) async throws -> Int {
        Int(try await room.database.text("select revision from registry.head")) ?? 0
    }

    @Test func `tells nothing of a change that was rolled back`() async throws {
        try await Mailroom.open { room, _, core in
            struct Undone: Error {}
            let work = try room.relay(on: core)
            do { try await room.change("undone") { throw Undone() } } catch is Undone {}
            try await room.change("done")
            let reader = try Reader(of: room, on: core)
            let events = try await reader.events(1)
            #expect(events.map(\.subject) == ["done"] && events.map(\.revision) == [1])
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            await work.end()
            await reader.close()
        }
    }

    @Test func `a transaction held open delays no fact, and a change that waits for it ends`() async throws {
        try await Mailroom.open { room, _, core in
            let work = try room.relay(on: core)
            let reader = try Reader(of: room, on: core)
            let (held, release, ended) = (Latch(), Latch(), Latch())
            core.start {
                try? await room.change("late") {
                    held.open()
                    try await release.wait()
                }
                ended.open()
            }
            try await held.wait()
            // Of a producer that is closed all facts go to the outbox, behind the row that is not committed.
            let closed = try Producer(room.kafka, on: core) { _ in }
            await closed.close()
            let recorder = room.recorder(closed)
            for number in 0..<10 { try await recorder.record(room.fact("fact \(number)")) }
            #expect(try await reader.events(10).map(\.subject) == (0..<10).map { "fact \($0)" })
            do {
                try await room.change("hasty")
                Issue.record("it did not wait for the head")
            } catch let problem as Problem { #expect(problem.kind == .unavailable) }
            release.open()
            try await ended.wait()
            let last = try await reader.events(11).last
            #expect(last?.subject == "late" && last?.revision == 1)
            await work.end()
            await reader.close()
        }
    }

    @Test func `ends at once, whatever Kafka does, and the next takes over`() async throws {
        try await Mailroom.open { room, broker, core in
            let work = try room.relay(on: core)
            try await eventually("it leads") { work.relay.isLeader }
            try broker.pause()
            try await room.change("key")
            try await eventually("it waits for Kafka") { room.producer.inFlight == 1 }
            let clock = ContinuousClock()
            let took = await clock.measure { await work.end() }
            #expect(took < .seconds(5))
            #expect(try await room.waiting() == 1)
            broker.resume()
            let next = try room.relay(on: core)
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            await next.end()
        }
    }
}
