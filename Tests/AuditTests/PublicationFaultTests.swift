import Audit
import Foundation
import GatehouseEventLoop
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

/// The public topic lacks nothing, whatever happens on the way (K1, K3, K7, L1).
@Suite(.serialized) struct PublicationFaultTests {
    private static let users = (1...12).map {
        Fact.User(UserID(hi: 0x0190_b5a0_0000_7000, lo: 1 << 63 | $0), name: "U\($0)")
    }

    /// Calls of several users.
    private static func calls(_ count: Int) throws -> [Record] {
        try (0..<count).map { try AuditHouse.call($0, by: users[$0 % users.count]) }
    }

    @Test func `K1: killed at any moment, it tells each event at least once, and in order`() async throws {
        try await AuditHouse.run(services: 0) { house in
            let program = try AuditProgram(on: house)
            var process = try program.serve()
            defer { process.terminate() }
            for round in 1...6 {
                try await house.send(try Self.calls(500))
                // At another point of the way each time.
                try await eventually("some are published", within: .seconds(60)) {
                    try await house.number("select sequence from audit.publication") >= 500 * round - 80 * round
                }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                process = try program.serve()
            }
            try await house.publishes(3000)
            #expect(try await house.publicTopic().faults(until: 3000) == [])
        }
    }

    @Test func `K3, K7: a leader that was deposed moves nothing, and the next leaves nothing out`() async throws {
        try await AuditHouse.run(services: 2) { house in
            let kafka = house.kafka
            for round in 1...4 {
                async let sent: Void = AuditHouse.send(try Self.calls(500), to: kafka)
                // Another has taken the lead while this one still believes to have it; or its session ends.
                try await house.database.script(
                    round % 2 == 0
                        ? "update audit.log_head set term = term + 1; update audit.publication set term = term + 1"
                        : """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where usename = 'audit' and datname = current_database()
                        """)
                try await sent
                try await house.publishes(500 * round)
            }
            #expect(try await house.publicTopic().faults(until: 2000) == [])
            try await eventually("one shows its place in the log, and who does not write it shows none") {
                var shown = 0
                for service in house.services {
                    let metrics = try await service.metrics()
                    let leaders = metrics.values("gatehouse_audit_leader") == [1] ? 1 : 0
                    let places = ["published_sequence", "unpublished_events", "publication_age_seconds"].map {
                        metrics.values("gatehouse_audit_\($0)").count
                    }
                    guard places == [leaders, leaders, leaders] else { return false }
                    guard leaders == 1 || metrics.values("gatehouse_audit_lag_records").isEmpty else { return false }
                    shown += leaders
                }
                return shown == 1
            }
        }
    }

    @Test func `while there is no such topic the log goes on, ready and with its readers; then all is told`()
        async throws
    {
        try await AuditHouse.run(topics: false) { house in
            try await house.makeTopics(Topic.allCases.filter { $0 != .audit })
            try await house.send(try Self.calls(1500))
            try await house.holds(1500)
            try await eventually("it is seen to wait") {
                let metrics = try await house.service.metrics()
                return metrics.values("gatehouse_audit_publication_failures_total").allSatisfy { $0 > 1 }
                    && metrics.values("gatehouse_audit_unpublished_events") == [1500]
                    && metrics.values("gatehouse_audit_publication_age_seconds").allSatisfy { $0 > 0 }
            }
            #expect(try await house.service.internalClient.send("GET", "/health/ready").status == 200)
            #expect(try await house.items("audit-events").count == 50)
            #expect(try await house.number("select sequence from audit.publication") == 0)
            try await house.makeTopics()
            try await house.publishes(1500)
            #expect(try await house.publicTopic().faults(until: 1500) == [])
        }
    }

    @Test func `while Kafka stands still nothing is given up, and what the log gained is told afterwards`() async throws
    {
        try await AuditHouse.run { house in
            try await house.send(try Self.calls(200))
            try await house.publishes(200)
            try house.broker.pause()
            try await house.bury(try Self.calls(900))
            #expect(try await AuditProgram(on: house).run(["replay"]).status == 0)
            try await eventually("what waits is seen", within: .seconds(30)) {
                let metrics = try await house.service.metrics()
                return metrics.values("gatehouse_kafka_in_flight").allSatisfy { $0 > 0 }
                    && metrics.values("gatehouse_audit_publication_age_seconds").allSatisfy { $0 > 0 }
            }
            #expect(try await house.number("select sequence from audit.publication") == 200)
            #expect(try await house.service.internalClient.send("GET", "/health/ready").status == 200)
            house.broker.resume()
            try await house.publishes(1100)
            #expect(try await house.publicTopic().faults(until: 1100) == [])
        }
    }

    @Test func `a broker that is started again is told the rest`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try Self.calls(200))
            try await house.publishes(200)
            house.broker.stop()
            try await house.bury(try Self.calls(700))
            #expect(try await AuditProgram(on: house).run(["replay"]).status == 0)
            try house.broker.start()
            try await house.publishes(900)
            #expect(try await house.publicTopic().faults(until: 900) == [])
        }
    }

    @Test func `a hole in the log stops it with an alarm, until somebody decides`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try Self.calls(100))
            try await house.publishes(100)
            await house.stop()
            let hole = "delete from audit.event where sequence = 60; update audit.publication set sequence = 40"
            try await house.database.script(hole)
            try await house.start()
            try await eventually("it stops") {
                try await house.service.metrics().values("gatehouse_audit_publication_stopped") == [1]
            }
            #expect(try await house.number("select sequence from audit.publication") == 59)
            try await house.send(try Self.calls(10))
            try await house.holds(109)
            #expect(try await house.service.internalClient.send("GET", "/health/ready").status == 200)
            let program = try AuditProgram(on: house)
            for wrong in [["republish"], ["republish", "--from", "0"], ["republish", "--from", "x"]] {
                #expect(try await program.run(wrong).status == 2)
            }
            #expect(try await program.run(["republish", "--from", "112"]).status == 1)
            #expect(try await house.number("select sequence from audit.publication") == 59)
            let moved = try await program.run(["republish", "--from", "61"])
            #expect(moved.output == "The public topic goes on at 61.\n" && moved.status == 0, "\(moved.complaint)")
            try await house.publishes(110)
            try await eventually("the alarm is over") {
                try await house.service.metrics().values("gatehouse_audit_publication_stopped") == [0]
            }
            #expect(try await house.publicTopic().faults(until: 110) == [])
        }
    }

    @Test func `a topic that was lost is written again, with the same ids`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try Self.calls(50))
            try await house.publishes(50)
            #expect(try await AuditProgram(on: house).run(["republish", "--from", "1"]).status == 0)
            try await eventually("all is told again") { try await house.publicTopic().records.count >= 100 }
            try await house.publishes(50)
            #expect(try await house.publicTopic().faults(until: 50) == [])
        }
    }

    @Test func `a partition beyond its time stays until what is in it is published`() async throws {
        let database = try await MigratedDatabase.make()
        let core = Core()
        defer { core.stop() }
        let owner = try database.url(as: "audit_owner")
        try await core.run { core in
            let day = Duration.seconds(86_400)
            let log = Log("audit", level: .error)
            let partitions = Partitions(
                Partitions.Settings(owner: owner, retention: day * 60), log, on: core.events)
            let then = try Timestamp("2030-01-15T00:00:00Z")
            try await partitions.keep(at: then)
            let id = AuditHouse.id(at: then)
            try await database.script(
                """
                insert into audit.event (event_id, sequence, time, type, operation, object_type, outcome, words, data)
                values ('\(id.text)', 7, now(), 't', 'CALL', 'API', 'allowed', '', '{}');
                insert into audit.dead_letter (cluster, topic, partition, kafka_offset, reason, buried_at)
                values ('c', 't', 0, 1, 'r', '2030-01-15'), ('c', 't', 0, 2, 'r', '2031-01-01')
                """)
            try await partitions.keep(at: then + day * 365)
            #expect(partitions.held == 1)
            #expect(try await database.text("select count(*) from audit.event") == "1")
            // A dead letter that the log would not take any more goes.
            #expect(try await database.text("select string_agg(kafka_offset::text, ' ') from audit.dead_letter") == "2")
            try await database.script("update audit.publication set sequence = 7")
            try await partitions.keep(at: then + day * 365)
            #expect(partitions.held == 0)
            #expect(try await database.text("select count(*) from audit.event") == "0")
        }
        try await database.drop()
    }
}
