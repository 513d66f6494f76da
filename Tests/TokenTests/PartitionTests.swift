import GatehouseEventLoop
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing
import Token

/// Codes and refresh tokens lie in partitions by when they end, which are dropped, never swept (02 § Scale).
@Suite struct `Tables in partitions` {
    private static let day = Duration.seconds(86_400)

    /// At each of these moments, as the service does it.
    private func keep(_ database: TestDatabase, at times: [Timestamp]) async throws {
        let owner = try database.url(as: "token_owner")
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let partitions = Partitions(
                owner: owner, grantLife: Self.day * 365, Log("token", level: .error), on: core.events)
            for time in times { try await partitions.keep(at: time) }
        }
    }

    private func number(_ database: TestDatabase, _ sql: String) async throws -> Int {
        Int(try await database.text("select \(sql)")) ?? -1
    }

    @Test func `after a hundred thousand tokens have expired the tables are as large as before`() async throws {
        let database = try await MigratedDatabase.make()
        let now = try Timestamp("2030-01-15T00:00:00Z")
        try await keep(database, at: [now])
        let size = """
            (select sum(pg_total_relation_size(inhrelid)) from pg_inherits
             where inhparent in ('token.code'::regclass, 'token.consent'::regclass, 'token.pushed_request'::regclass))
            """
        let before = try await number(database, size)
        let count = try await number(
            database, "(select count(*) from pg_class where relname ~ '_[0-9]{8}$' and relkind = 'r')")
        let user = TokenHouse.user
        for start in stride(from: 0, to: 50_000, by: 25_000) {
            try await database.script(
                """
                insert into token.code (digest, bucket, consent, user_id, client_id, scopes, redirect_uri, challenge, shown,
                                        epoch, user_epoch, made_at, expires_at, ends_at)
                select sha256(n::text::bytea), \(now.seconds / 86_400), gen_random_uuid(), '\(user)', 'c', '{}', '', sha256(''),
                       '', 1, 1, now(), now(), now()
                from generate_series(\(start + 1), \(start + 25_000)) n;
                insert into token.consent (id, bucket, user_id, client_id, scopes, redirect_uri, shown, epoch, user_epoch,
                                           created_at, last_used_at, generation, digest, rotated_at, expires_at, ends_at)
                select gen_random_uuid(), \((now + Self.day * 365).seconds / 86_400 / 30), '\(user)', 'c', '{}', '', '', 1, 1,
                       now(), now(), 1, sha256(''), now(), now(), now()
                from generate_series(1, 25000) n
                """)
        }
        #expect(
            try await number(database, "(select count(*) from token.code) + (select count(*) from token.consent)")
                == 100_000)
        #expect(try await number(database, size) > before + 10_000_000)
        try await keep(database, at: [now + Self.day * 200])
        #expect(try await number(database, "(select count(*) from token.code)") == 0)
        #expect(try await number(database, "(select count(*) from token.consent)") == 50_000, "they may be used still")
        try await keep(database, at: [now + Self.day * 400])
        #expect(try await number(database, "(select count(*) from token.consent)") == 0)
        #expect(try await number(database, size) <= before + before / 4)
        let after = try await number(
            database, "(select count(*) from pg_class where relname ~ '_[0-9]{8}$' and relkind = 'r')")
        #expect(abs(after - count) <= 2)
        try await database.drop()
    }

    @Test func `are made ahead, whoever is first, and a removal that was interrupted is finished`() async throws {
        let database = try await MigratedDatabase.make()
        let now = try Timestamp("2030-01-15T00:00:00Z")
        try await database.script(
            "set role token_owner; create table token.code_20200101 (like token.code including all)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await keep(database, at: [now, now + .seconds(1)]) } }
            try await group.waitForAll()
        }
        let names = "(select string_agg(relname, ' ' order by relname) from pg_class where relname ~ '^code_[0-9]{8}$')"
        #expect(try await database.text("select \(names)") == "code_20300115 code_20300116 code_20300117")
        try await database.drop()
    }

    @Test func `keep a used code for a day more, so that a second use is seen`() async throws {
        let database = try await MigratedDatabase.make()
        let now = try Timestamp("2030-01-15T23:59:00Z")
        try await keep(database, at: [now, now + Self.day])
        #expect(try await number(database, "(select count(*) from pg_class where relname = 'code_20300115')") == 1)
        try await keep(database, at: [now + Self.day * 2])
        #expect(try await number(database, "(select count(*) from pg_class where relname = 'code_20300115')") == 0)
        try await database.drop()
    }
}
