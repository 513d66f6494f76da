import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Policy
import TestSupport
import Testing

@Suite struct StatementTests {
    @Test func `every statement is prepared against the schema, as the role that runs it`() async throws {
        let database = try await MigratedDatabase.make()
        for sample in AdministrationStatements.all + ReplicaStatements.all + SharedStatements.all(of: .policy) {
            let role = sample.isHosts ? "policy_owner" : "policy"
            #expect(try await !database.plan(sample.sql, sample.values, as: role).lines.isEmpty)
        }
        try await database.drop()
    }

    @Test func `what has changed is found by its revision, and no table is read from end to end`() async throws {
        let database = try await TestDatabase.large()
        let large: Set = [
            "application", "application_range", "account", "account_role", "account_domain", "revocation",
        ]
        for pull in ReplicaStatements.pulls {
            let plan = try await database.plan(pull.sql, [.int8(19_990)], as: "policy")
            #expect(plan.wholeTables.isDisjoint(with: large), "\(pull.sql)\n\(plan)")
        }
        try await database.drop()
    }

    @Test func `a page of a million users is read from the index`() async throws {
        let database = try await MigratedDatabase.make()
        try await database.script("set enable_seqscan = off")
        let list = try #require(AdministrationStatements.all.first { $0.sql.contains("(a.name, a.id) > ") })
        let plan = try await database.query(
            Statement("explain " + list.sql) { try $0.text() }, list.values, as: "policy")
        #expect(plan.contains { $0.contains("using account_list") })
        #expect(!plan.contains { $0.contains("Sort") })
        try await database.drop()
    }

    @Test func `a decision reads one object by its key, a domain's objects are found by theirs`() async throws {
        let database = try await MigratedDatabase.make()
        try await database.script(
            """
            insert into policy.object select 'segment', n::text, array['d' || n % 3 || '.example.com'] from generate_series(1, 50000) n;
            analyze policy.object;
            """)
        let decided = AdministrationStatements.decided
        for plan in [
            try await database.plan(decided.sql, decided.values, as: "policy"),
            try await database.lastingPlan(decided.sql, decided.values, as: "policy"),
        ] {
            #expect(plan.uses("Index Scan using object_pkey") && plan.wholeTables.isEmpty, "\(plan)")
        }
        // As the transaction that asks for it has it.
        try await database.script("alter database \(database.name) set enable_seqscan = off")
        let look = AdministrationStatements.objectsOfDomain
        let plan = try await database.plan(look.sql, look.values, as: "policy")
        #expect(plan.uses("object_domains") && plan.wholeTables.isEmpty, "\(plan)")
        try await database.drop()
    }

    @Test func `policy's role reads and changes what it must, and nothing more`() async throws {
        let database = try await MigratedDatabase.make()
        for sql in [
            "delete from policy.account", "delete from policy.role", "delete from policy.domain",
            "update policy.head set incarnation = gen_random_uuid()", "update policy.account set active = false",
            "delete from policy.catalogue", "truncate policy.permission", "select from registry.application",
            "select from token.head", "create table policy.t ()", "update policy.account set system = not system",
        ] {
            await #expect(throws: PostgresError.self, "\(sql)") {
                try await database.query(Statement(sql), as: "policy")
            }
        }
        try await database.drop()
    }
}
