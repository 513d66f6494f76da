import Foundation
import GatehouseKafka
import GatehouseModel
import TestSupport
import Testing

/// What cannot stand in the log is kept, and taken in when it can (07 § Intake).
@Suite(.serialized) struct DeadLetterTests {
    @Test func `K8: poison stops nothing, and is kept with its bytes, its key and why`() async throws {
        try await AuditHouse.run { house in
            let large = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
            try await house.send([
                Record(topic: Topic.access.name, key: [0, 255], value: large),
                Record(topic: Topic.access.name, key: nil, value: nil), AuditHouse.change(.roleCreated, .create, .role),
            ])
            try await house.holds(1, dead: 2)
            let letters = try await house.database.text(
                """
                select string_agg(concat_ws(' ', kafka_offset, coalesce(length(value)::text, 'none'),
                                            coalesce(encode(key, 'hex'), 'none')), ', ' order by kafka_offset)
                from audit.dead_letter
                """)
            #expect(letters == "0 1000000 00ff, 1 none none")
            #expect(
                try await house.number(
                    "select count(*) from audit.dead_letter where value = repeat('x', 1000000)::bytea") == 1)
            #expect(try await house.number("select count(*) from audit.dead_letter where length(reason) > 10") == 2)
        }
    }

    @Test func `K8: of each kind of poison, in the midst of a batch, its neighbours stand in the log`() async throws {
        try await AuditHouse.run { house in
            var sent: [Record] = []
            for poison in Poison.records { sent += [try AuditHouse.call(), poison, try AuditHouse.call()] }
            try await house.send(sent)
            try await house.holds(2 * Poison.records.count, dead: Poison.records.count)
            #expect(try await house.isGapless())
            let kept = try await house.database.text(
                "select string_agg(encode(value, 'hex'), ' ' order by encode(value, 'hex')) from audit.dead_letter")
            let buried = Poison.records.map(hex).sorted()
            #expect(kept == buried.joined(separator: " "))
        }
    }

    @Test func `a replay takes in what can stand in the log now, once, while the intake works`() async throws {
        try await AuditHouse.run { house in
            let events = try (0..<250).map { try AuditHouse.call($0, by: AuditHouse.bob) }
            try await house.send(Array(events[..<50]) + Poison.records)
            try await house.holds(50, dead: Poison.records.count)
            // What a version before this one could not read: of these the log has fifty already.
            let letters = events.enumerated().map { offset, event in
                "('c', 'gatehouse.calls.v1', 0, \(1_000_000 + offset), '\\x\(hex(event))', 'not known yet')"
            }
            try await house.database.script(
                """
                insert into audit.dead_letter (cluster, topic, partition, kafka_offset, value, reason)
                values \(letters.joined(separator: ", "))
                """)
            let kafka = house.kafka
            async let sending: Void = AuditHouse.send(try (0..<1000).map { try AuditHouse.call($0) }, to: kafka)
            let program = try AuditProgram(on: house)
            async let other = program.run(["replay"])
            let one = try await program.run(["replay"])
            let replays = try await [one, other]
            try await sending
            try await house.holds(1250, dead: Poison.records.count)
            #expect(try await house.isGapless())
            let left = Poison.records.count
            for replay in replays {
                #expect(replay.status == 0, "\(replay.complaint)")
                #expect(replay.output.hasSuffix(" Still buried: \(left).\n"), "\(replay.output)")
            }
            let taken = replays.compactMap { Int($0.output.split(separator: " ")[6].dropLast()) }
            #expect(taken.reduce(0, +) == 250)
            #expect(try await house.items("audit-events?user=\(AuditHouse.bob.id)&limit=200&order=time").count == 200)
            #expect(try await house.number("select count(*) from audit.person where name = 'Bob'") == 1)
            let again = try await program.run(["replay"])
            #expect(again.output == "Dead letters taken into the log: 0. Still buried: \(left).\n")
        }
    }

    private func hex(_ record: Record) -> String { (record.value ?? []).map { String(format: "%02x", $0) }.joined() }
}
