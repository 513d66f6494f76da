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
        try await database.populateGrants()
        #expect(Statements.hot.count == 8)
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
            "update token.revocation set id = ''", "delete from token.code", "delete from token.consent",
            "delete from token.usage", "update token.used_assertion set jti = ''", "create table token.t ()",
            "delete from token.password", "update token.password set user_id = gen_random_uuid()",
            "update token.session set digest = ''", "update token.session set user_id = gen_random_uuid()",
            "update token.session set expires_at = now()", "update token.invitation set user_id = gen_random_uuid()",
        ] {
            await #expect(throws: PostgresError.self, "\(sql)") {
                try await database.query(Statement(sql), as: "token")
            }
        }
        try await database.drop()
    }
}

extension TestDatabase {
    /// Partitions, with many grants and codes in them, of the buckets that the samples name.
    fileprivate func populateGrants() async throws {
        let rows = "gen_random_uuid(), '\(TokenHouse.user)', md5('application ' || n), '{read:segments}'"
        try await script(
            """
            create table token.code_20000 partition of token.code for values in (20000);
            create table token.consent_20000 partition of token.consent for values in (20000);
            create table token.consent_20001 partition of token.consent for values in (20001);
            insert into token.code (digest, bucket, consent, user_id, client_id, scopes, redirect_uri, challenge, shown,
                                    epoch, user_epoch, made_at, expires_at, ends_at)
            select sha256(n::text::bytea), 20000, \(rows), '', sha256(''), '', 1, 1, now(), now(), now()
            from generate_series(1, 5000) n;
            insert into token.consent (id, bucket, user_id, client_id, scopes, redirect_uri, shown, epoch, user_epoch,
                                       created_at, last_used_at, generation, digest, rotated_at, expires_at, ends_at)
            select gen_random_uuid(), 20000 + n % 2, gen_random_uuid(), md5('application ' || n), '{read:segments}', '', '', 1, 1,
                   now(), now(), 1, sha256(''), now(), now(), now()
            from generate_series(1, 5000) n;
            analyze token.code;
            analyze token.consent
            """)
    }
}
