import Foundation
import GatehouseKafka
import GatehouseModel
import TestSupport
import Testing

/// Exactly once, without a gap, whatever happens in between (07 § Intake; K6–K10).
@Suite(.serialized) struct IntakeTests {
    @Test func `10,000 events with duplicates and poison among them stand there once, numbered without a gap`()
        async throws
    {
        try await AuditHouse.run { house in
            let events = try (0..<10_000).map { try AuditHouse.call($0) }
            var sent = events + events.shuffled().prefix(3000)
            for number in 0..<40 { sent.insert(Poison.records[number % Poison.records.count], at: number * 200) }
            try await house.send(sent)
            try await house.holds(10_000, dead: 40)
            #expect(try await house.isGapless())
            #expect(try await house.number("select count(distinct event_id) from audit.event") == 10_000)
            try await eventually("the metrics say so") {
                let metrics = try await house.service.internalClient.send("GET", "/metrics").text
                return [
                    "dead_letters_total 40", "fetched_records 0.0", "events_total 10000", "sequence 10000.0",
                    "leader 1.0", "stopped 0.0",
                    #"lag_records{topic="gatehouse.calls.v1"} 0.0"#,
                ].allSatisfy { metrics.contains("gatehouse_audit_\($0)\n") }
            }
        }
    }

    @Test func `K6: a topic that is read again leaves the log as it is, byte by byte`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try (0..<700).map { try AuditHouse.call($0) } + [AuditHouse.blocked()])
            try await house.holds(701)
            let digest = "select md5(string_agg(e::text, '' order by sequence)) from audit.event e"
            let before = try await house.database.text(digest)
            await house.stop()
            try await house.database.script(Self.rewind)
            try await house.start()
            try await eventually("all is read again") {
                try await house.number("select sum(next_offset) from audit.consumer_offset") == 701
            }
            #expect(try await house.database.text(digest) == before)
            #expect(try await house.isGapless())
        }
    }

    private static let rewind = "update audit.consumer_offset set next_offset = 0 where next_offset is not null"

    @Test func `cut off anywhere between the fetch and the commit, it goes on behind what it wrote`() async throws {
        try await AuditHouse.run { house in
            let kafka = house.kafka
            for round in 0..<5 {
                async let sent: Void = AuditHouse.send(try (0..<400).map { try AuditHouse.call($0) }, to: kafka)
                for _ in 0..<5 {
                    try await house.database.script(
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where usename = 'audit' and datname = current_database()
                        """)
                }
                try await sent
                try await house.holds(400 * (round + 1))
            }
            #expect(try await house.isGapless())
        }
    }

    @Test func `K7: of two processes one writes, and a deposed one cannot`() async throws {
        try await AuditHouse.run(services: 2) { house in
            try await house.send(try (0..<500).map { try AuditHouse.call($0) })
            try await house.holds(500)
            #expect(try await leaders(of: house) == 1)
            // Another has taken the lead while this one still believes to have it.
            try await house.database.script("update audit.log_head set term = term + 100")
            try await house.send(try (0..<500).map { try AuditHouse.call($0) })
            try await house.holds(1000)
            #expect(try await house.number("select term from audit.log_head") > 101)
            #expect(try await house.isGapless())
            #expect(try await leaders(of: house) == 1)
            // The leader ends: the other goes on.
            let first = try await house.number("select term from audit.log_head")
            try await house.database.script(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")
            try await house.send(try (0..<500).map { try AuditHouse.call($0) })
            try await house.holds(1500)
            #expect(try await house.number("select term from audit.log_head") > first)
            #expect(try await house.isGapless())
        }
    }

    private func leaders(of house: AuditHouse) async throws -> Int {
        var leaders = 0
        for service in house.services {
            let text = try await service.internalClient.send("GET", "/metrics").text
            leaders += text.contains("gatehouse_audit_leader 1.0\n") ? 1 : 0
        }
        return leaders
    }

    @Test func `positions that somebody moved are believed, not overwritten`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try (0..<50).map { try AuditHouse.call($0) })
            try await house.holds(50)
            try await house.database.script(Self.rewind)
            try await house.send(try (0..<50).map { try AuditHouse.call($0) })
            try await house.holds(100)
            #expect(try await house.number("select sum(next_offset) from audit.consumer_offset") == 100)
            #expect(try await house.isGapless())
        }
    }

    @Test func `K9: cut off from PostgreSQL anywhere in a batch, it loses and buries nothing`() async throws {
        try await AuditHouse.run(services: 0) { house in
            let proxy = try TestProxy(to: try TestDatabase.port())
            defer { proxy.stop() }
            proxy.allow(.max)
            try await house.start(["POSTGRES_URL": try house.database.url(as: "audit", through: proxy)])
            try await house.send(try (0..<300).map { try AuditHouse.call($0) })
            try await house.holds(300)
            for bytes in [0, 20_000, 150_000] {
                proxy.allow(bytes)  // ends in the middle of a batch
                if bytes == 0 { proxy.cut() }
                try await house.send(try (0..<1500).map { try AuditHouse.call($0) })
                try await eventually("the connection is lost") { proxy.passed >= bytes }
                proxy.allow(.max)
            }
            try await house.holds(4800)
            #expect(try await house.isGapless())
            #expect(try await house.number("select sum(next_offset) from audit.consumer_offset") == 4800)
        }
    }

    @Test func `K9: while PostgreSQL is away nothing moves, and memory stays bounded`() async throws {
        try await AuditHouse.run(services: 0) { house in
            let proxy = try TestProxy(to: try TestDatabase.port())
            defer { proxy.stop() }
            proxy.allow(.max)
            let process = try AuditProgram(
                on: house, ["POSTGRES_URL": try house.database.url(as: "audit", through: proxy)]
            ).serve()
            defer { process.terminate() }
            try await house.send([try AuditHouse.call()])
            try await house.holds(1)
            let before = try process.mostMemory
            let positions = "select string_agg(o::text, ' ' order by o) from audit.consumer_offset o"
            let stored = try await house.database.text(positions)

            proxy.cut()
            for _ in 0..<20 { try await house.send(try (0..<100).map { _ in try AuditHouse.heavy() }) }
            let grown = try process.mostMemory - before
            #expect(grown < 60, "\(grown) MB, of 120 that wait")
            #expect(try await house.database.text(positions) == stored)
            try await house.holds(1)
            proxy.allow(.max)
            try await house.holds(2001)
            #expect(try await house.isGapless())
        }
    }

    @Test func `K10: positions out of range stop it with an alarm, until somebody decides`() async throws {
        try await AuditHouse.run { house in
            try await house.send([try AuditHouse.blocked(), AuditHouse.change(.roleCreated, .create, .role)])
            try await house.holds(2)
            let role = "where topic = 'gatehouse.access.v1'"
            try await house.database.script("update audit.consumer_offset set next_offset = 1000 \(role)")
            // The writer meets it when it begins anew.
            try await house.database.script("update audit.log_head set term = term + 1")
            try await house.send([try AuditHouse.blocked()])
            try await eventually("an alarm", within: .seconds(30)) {
                let ready = try await house.service.internalClient.send("GET", "/health/ready")
                return ready.status == 503 && ready.text.contains("offset 1000 of gatehouse.access.v1[0]")
            }
            let metrics = try await house.service.internalClient.send("GET", "/metrics").text
            #expect(metrics.contains("gatehouse_audit_stopped 1.0\n"))
            #expect(try await house.number("select next_offset from audit.consumer_offset \(role)") == 1000)
            try await house.database.script("update audit.consumer_offset set next_offset = 1 \(role)")
            try await eventually("it goes on", within: .seconds(30)) {
                try await house.service.internalClient.send("GET", "/health/ready").status == 200
            }
            try await house.holds(3)
        }
    }

    @Test func `K10: in another cluster it begins at the beginning`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try (0..<20).map { try AuditHouse.call($0) })
            try await house.holds(20)
            await house.stop()
            try await house.database.script(
                "update audit.consumer_offset set cluster = 'another', next_offset = 5000 where next_offset is not null"
            )
            try await house.start()
            try await house.send(try (0..<20).map { try AuditHouse.call($0) })
            try await house.holds(40)
            #expect(try await house.isGapless())
            let kept = "select count(*) from audit.consumer_offset where cluster = 'another' and next_offset = 5000"
            #expect(try await house.number(kept) > 0)
        }
    }

    @Test func `topics that are not there yet are waited for`() async throws {
        try await AuditHouse.run(topics: false) { house in
            try await house.makeTopics([.calls])
            try await house.send([try AuditHouse.call()])
            try await house.holds(1)
            try await house.makeTopics()
            try await house.send([try AuditHouse.blocked()])
            try await house.holds(2)
        }
    }
}
