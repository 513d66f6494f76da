import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing
import Token

@Suite struct StatementTests {
    @Test func `every statement is prepared against the schema, as the role that runs it`() async throws {
        let database = try await MigratedDatabase.make()
        for sample in Statements.all + SharedStatements.all(of: .token) {
            let role = sample.isHosts ? "token_owner" : "token"
            #expect(try await !database.plan(sample.sql, sample.values, as: role).lines.isEmpty)
        }
        try await database.drop()
    }

    @Test func `what stands between a request and its answer probes indexes only, for these values and for any`()
        async throws
    {
        let database = try await TestDatabase.large()
        #expect(Statements.hot.count == 4)
        for sample in Statements.hot {
            for plan in [
                try await database.plan(sample.sql, sample.values, as: "token"),
                try await database.lastingPlan(sample.sql, sample.values, as: "token"),
            ] {
                // Whether the general list is empty at all is known from its first row.
                #expect(plan.wholeTables.isSubset(of: ["network_range"]), "\(plan)")
                for index in ["application_pkey", "account_pkey"] { #expect(plan.uses(index), "\(index)\n\(plan)") }
            }
        }
        try await database.drop()
    }

    @Test(arguments: [
        "policy.published_networks_allow('\\x00000000000000000000ffffcb007107')",
        "registry.published_ranges_allow(md5('application 1'), '\\x00000000000000000000ffffcb007107')",
    ])
    func `a list is probed by its index, however long it is`(call: String) async throws {
        let database = try await TestDatabase.large()
        let explained = try await database.query(
            Statement("explain (analyze, buffers) select count(\(call)) from generate_series(1, 1000)") {
                try $0.text()
            },
            as: "token")
        let pages = explained.joined().firstMatch(of: /Buffers: shared hit=(\d+)/).flatMap { Int($0.1) }
        #expect(try #require(pages) < 6000, "\(explained)")
        try await database.drop()
    }

    @Test func `the token's role reads and changes what it must, and nothing more`() async throws {
        let database = try await MigratedDatabase.make()
        for sql in [
            "select from registry.application", "select from policy.account", "select from registry.head",
            "update token.head set incarnation = gen_random_uuid()", "delete from token.signing_key",
            "update token.revocation set id = ''", "delete from token.usage",
            "update token.used_assertion set jti = ''", "create table token.t ()",
        ] {
            await #expect(throws: PostgresError.self, "\(sql)") {
                try await database.query(Statement(sql), as: "token")
            }
        }
        try await database.drop()
    }
}
