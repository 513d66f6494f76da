import Audit
import GatehouseModel
import GatehousePostgres
import TestSupport
import Testing

@Suite struct AuditStatementTests {
    @Test func `every statement is prepared against the schema, as the service's role`() async throws {
        let database = try await MigratedDatabase.make()
        #expect(Statements.all.count > 60)
        for sample in Statements.all {
            let plan = Statement("explain " + sample.sql) { try $0.text() }
            let lines = try await database.query(plan, sample.values, as: "audit")
            #expect(!lines.isEmpty)
        }
        try await database.drop()
    }

    @Test func `audit's role adds to the log, and can change nothing in it`() async throws {
        let database = try await MigratedDatabase.make()
        for sql in [
            "update audit.event set type = ''", "delete from audit.event", "truncate audit.event",
            "drop table audit.event", "alter table audit.event disable trigger all", "create table audit.t ()",
            "delete from audit.log_head", "delete from audit.dead_letter", "update audit.dead_letter set reason = ''",
            "delete from audit.person", "update audit.person set erased = false", "select from registry.head",
            "select from policy.published_users",
        ] {
            await #expect(throws: PostgresError.self, "\(sql)") {
                try await database.query(Statement(sql), as: "audit")
            }
        }
        try await database.drop()
    }

    @Test func `a page of a long log is found in an index`() async throws {
        let database = try await MigratedDatabase.make()
        try await database.script(Self.longLog)
        for sample in Statements.walks {
            let plan = try await database.query(
                Statement("explain " + sample.sql) { try $0.text() }, sample.values, as: "audit"
            ).joined(separator: "\n")
            #expect(plan.contains("Index") && !plan.contains("Seq Scan"), "\(sample.sql)\n\(plan)")
        }
        try await database.drop()
    }

    /// 60,000 events in three partitions.
    private static let longLog = """
        set role audit_owner;
        create table audit.event_a partition of audit.event for values
            from ('00000000-0000-0000-0000-000000000000') to ('00010000-0000-0000-0000-000000000000');
        create table audit.event_b partition of audit.event for values
            from ('00010000-0000-0000-0000-000000000000') to ('00020000-0000-0000-0000-000000000000');
        create table audit.event_c partition of audit.event for values
            from ('00020000-0000-0000-0000-000000000000') to ('00030000-0000-0000-0000-000000000000');
        insert into audit.event
        select (lpad(to_hex(n / 20000), 4, '0') || substr(md5(n::text), 5))::uuid, n, to_timestamp(n), 't',
               lpad((n % 1000)::text, 32, '0')::uuid, repeat((n % 10)::text, 32), 'CALL', 'API',
               case when n % 100 = 0 then 'denied' else 'allowed' end, null, '', '{}'
        from generate_series(0, 59999) n;
        analyze audit.event;
        """
}
