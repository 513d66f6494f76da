import GatehouseEventLoop
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `What is counted` {
    private static let period = Duration.milliseconds(50)

    private func tally(_ room: Mailroom, limit: Int = 1000, on core: isolated Core) -> Tally<String> {
        Tally(every: Self.period, limit: limit, room.recorder(), on: core) { key, count, since in
            room.fact(key, count: count, at: since)
        }
    }

    @Test func `adds up, one event for each key and period`() async throws {
        try await Mailroom.open { room, _, core in
            let tally = tally(room, on: core)
            let task = core.start { await tally.run() }
            let reader = try Reader(of: room, on: core)
            for round in 1...3 {
                for number in 0..<1000 { #expect(tally.count("key \(number % 4)", at: .now())) }
                try await reader.events { $0.reduce(0) { $0 + $1.count } >= 1000 * round }
            }
            let events = reader.events
            #expect(events.reduce(0) { $0 + $1.count } == 3000)
            #expect(events.count == 12 && Set(events.map(\.eventID)).count == 12)
            task.cancel()
            await task.value
            await reader.close()
        }
    }

    @Test func `has room for so many keys, and refuses a new one beyond`() async throws {
        try await Mailroom.open { room, _, core in
            let tally = tally(room, limit: 2, on: core)
            #expect(tally.count("a", at: .now()) && tally.count("b", at: .now()))
            #expect(!tally.count("c", at: .now()))
            #expect(tally.count("a", at: .now()))
            let task = core.start { await tally.run() }
            try await eventually("there is room again") { tally.count("c", at: .now()) }
            task.cancel()
            await task.value
        }
    }

    @Test func `is refused while it cannot be written, and written once for all tries`() async throws {
        try await Mailroom.open { room, broker, core in
            let tally = tally(room, on: core)
            try await eventually("the database is there") { room.postgres.isReady }
            try broker.pause()
            room.proxy.cut()
            let task = core.start { await tally.run() }
            var counted = 0
            try await eventually("it refuses") {
                if tally.count("key", at: .now()) { counted += 1 } else { return true }
                return false
            }
            room.proxy.allow(.max)
            try await eventually("it counts again") { tally.count("key", at: .now()) }
            counted += 1
            broker.resume()
            let work = try room.relay(on: core)
            task.cancel()
            await task.value
            let reader = try Reader(of: room, on: core)
            try await reader.events { $0.once.reduce(0) { $0 + $1.count } >= counted }
            try await eventually("the outbox is empty") { try await room.waiting() == 0 }
            try await eventually("Kafka has all") { room.producer.inFlight == 0 }
            #expect(reader.events.once.reduce(0) { $0 + $1.count } == counted)
            await work.end()
            await reader.close()
        }
    }

    @Test func `is written at the end, wherever the end comes and whatever Kafka does`() async throws {
        try await Mailroom.open { room, broker, core in
            let tally = tally(room, on: core)
            try broker.pause()
            let task = core.start { await tally.run() }
            for _ in 0..<3 { #expect(tally.count("first", at: .now())) }
            // The end comes while the first count waits for Kafka.
            try await eventually("Kafka has it") { room.producer.inFlight == 1 }
            for _ in 0..<2 { #expect(tally.count("second", at: .now())) }
            task.cancel()
            await task.value
            #expect(
                try await room.database.text(
                    "select string_agg(aggregateid || ' ' || (payload -> 'data' ->> 'count'), ', ' order by position) from registry.outbox"
                ) == "first 3, second 2")
            broker.resume()
        }
    }
}
