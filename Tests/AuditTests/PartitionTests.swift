import Audit
import GatehouseEventLoop
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

@Suite(.serialized) struct PartitionTests {
    private static let day = Duration.seconds(86_400)

    @Test func `events of any time that is kept find their partition`() async throws {
        try await AuditHouse.run { house in
            let now = Timestamp.now()
            try await house.send(
                try [0, 31, 100, 250, 390, -40].map { try AuditHouse.call($0, at: now - Self.day * $0) })
            try await house.holds(6)
            #expect(try await house.number("select count(distinct tableoid) from audit.event") == 6)
            try await house.send([
                try AuditHouse.call(at: now - Self.day * 440), try AuditHouse.call(at: now + Self.day * 100),
            ])
            try await house.holds(6, dead: 2)
            #expect(try await house.items("audit-events?order=time").count == 6)
        }
    }

    @Test func `partitions are made ahead, and go when their time is over`() async throws {
        let database = try await MigratedDatabase.make()
        let core = Core()
        defer { core.stop() }
        let owner = try database.url(as: "audit_owner")
        try await core.run { core in
            let log = Log("audit", level: .error)
            let partitions = Partitions(
                Partitions.Settings(owner: owner, retention: Self.day * 60), log, on: core.events)
            let then = try Timestamp("2030-01-15T00:00:00Z")
            try await partitions.keep(at: then)
            try await partitions.keep(at: then)
            #expect(try await Self.names(database).count == 3)
            let first = try await Self.names(database)
            try await partitions.keep(at: then + Self.day * 90)
            // Of the first three, the one that begins 60 days before and its successor.
            #expect(try await Self.names(database).count == 5)
            #expect(try await Set(Self.names(database)).intersection(first) == Set(first.suffix(2)))
        }
        try await database.drop()
    }

    private static func names(_ database: TestDatabase) async throws -> [String] {
        try await database.query(
            Statement("select relname from pg_class where relname ~ '^event_[0-9]{8}$' order by 1") { try $0.text() })
    }

    @Test func `a removal that was interrupted is finished`() async throws {
        try await AuditHouse.run(services: 0) { house in
            try await house.database.script(
                "set role audit_owner; create table audit.event_20200101 (like audit.event including all)")
            try await house.start()
            try await eventually("it is gone") {
                try await !Self.names(house.database).contains("event_20200101")
            }
        }
    }

    @Test func `a partition that somebody took away is made anew, and no event buried`() async throws {
        try await AuditHouse.run { house in
            try await house.send([try AuditHouse.call()])
            try await house.holds(1)
            let name = try await house.database.text("select tableoid::regclass from audit.event")
            try await house.database.script(
                "begin; alter table audit.event detach partition \(name); alter table \(name) rename to elsewhere; commit"
            )
            try await house.send(try (0..<10).map { try AuditHouse.call($0) })
            try await house.holds(10)
            #expect(try await house.number("select max(sequence) from audit.event") == 11)
        }
    }
}
