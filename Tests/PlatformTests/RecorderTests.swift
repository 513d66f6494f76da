import GatehouseEventLoop
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `What is recorded` {
    private func recorded(_ room: Mailroom, by whom: String) -> Bool {
        room.metrics.text.contains("gatehouse_recorded_facts_total{by=\"\(whom)\"} 1\n")
    }

    @Test func `stands on its topic when Kafka acknowledges`() async throws {
        try await Mailroom.open { room, _, core in
            let recorder = room.recorder()
            var (waiting, tries) = (0, 0)
            // The first connection may take longer than a record has: what was tried then stands in the outbox.
            try await eventually("Kafka acknowledges in time", within: .seconds(30)) {
                waiting = try await room.waiting()
                tries += 1
                try await recorder.record(room.fact("key \(tries)"))
                return recorded(room, by: "kafka")
            }
            #expect(try await room.waiting() == waiting)
            let reader = try Reader(of: room, on: core)
            try await reader.events { $0.contains { $0.subject == "key \(tries)" } }
            await reader.close()
        }
    }

    @Test func `stands in the outbox when Kafka is silent, and comes to its topic later, known by its id`() async throws
    {
        try await Mailroom.open { room, broker, core in
            let recorder = room.recorder()
            try broker.pause()
            let clock = ContinuousClock()
            let took = try await clock.measure { try await recorder.record(room.fact("first")) }
            #expect(took >= .milliseconds(250) && took < .seconds(2))
            #expect(recorded(room, by: "outbox"))
            #expect(room.producer.inFlight == 1)
            try await recorder.record([room.fact("second"), room.fact("third")])
            #expect(room.producer.inFlight == 1, "Kafka is left alone for a while")
            #expect(try await room.waiting() == 3)

            broker.resume()
            let work = try room.relay(on: core)
            let reader = try Reader(of: room, on: core)
            #expect(try await reader.events(3).once.map(\.subject) == ["first", "second", "third"])
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            await work.end()
            await reader.close()
        }
    }

    @Test func `goes to Kafka again once that is back; while it is not, one caller at a time finds out`() async throws {
        try await Mailroom.open { room, broker, core in
            let recorder = room.recorder()
            try broker.pause()
            try await recorder.record(room.fact("first"))
            try await eventually("Kafka's turn") {
                let latches = (0..<10).map { number in
                    let latch = Latch()
                    core.start {
                        try? await recorder.record(room.fact("\(number)"))
                        latch.open()
                    }
                    return latch
                }
                for latch in latches { try await latch.wait() }
                return room.producer.inFlight > 1
            }
            #expect(room.producer.inFlight == 2)
            broker.resume()
            try await eventually("Kafka records") {
                let acknowledged = room.producer.acknowledged
                try await recorder.record(room.fact("last"))
                return room.producer.acknowledged > acknowledged && room.producer.inFlight == 0
            }
        }
    }

    @Test func `is nothing without Kafka and PostgreSQL: the caller must refuse`() async throws {
        try await Mailroom.open { room, broker, core in
            let recorder = room.recorder()
            try await eventually("the database is there") { room.postgres.isReady }
            try broker.pause()
            room.proxy.cut()
            do {
                try await recorder.record(room.fact("lost"))
                Issue.record("it was recorded")
            } catch let problem as Problem { #expect(problem.kind == .unavailable) }
            #expect(recorded(room, by: "nobody"))
            room.proxy.allow(.max)
            try await eventually("the outbox records") {
                try await recorder.record(room.fact("found"))
                return true
            }
            #expect(try await room.waiting() == 1)
            broker.resume()
        }
    }
}
