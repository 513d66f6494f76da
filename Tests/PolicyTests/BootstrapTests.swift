import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Policy
import TestSupport
import Testing

@Suite struct `policy bootstrap` {
    private func run(_ body: @Sendable @escaping (Bootstrap, TestDatabase) async throws -> Void) async throws {
        let database = try await MigratedDatabase.make()
        try await run(on: database) { try await body($0, database) }
        try await database.drop()
    }

    private func run<Result: Sendable>(
        on database: TestDatabase, _ body: @Sendable @escaping (Bootstrap) async throws -> Result
    ) async throws -> Result {
        let url = try database.url(as: "policy_owner")
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let postgres = Postgres(Postgres.Settings(url), on: core)
            let result = try await body(Bootstrap(postgres: postgres, domain: try DomainName("product.example")))
            await postgres.close()
            return result
        }
    }

    @Test func `makes the first administrator once, with the default catalogue, roles and domains`() async throws {
        try await run { bootstrap, database in
            let ann = try EmailAddress("ann@example.com")
            let name = try Name("Ann")
            let id = try await bootstrap.run(ann, name, at: .now())
            #expect(
                try await database.text(
                    """
                    select row(email, cardinality(permissions), all_domains, active) from policy.published_users
                    where id = '\(id)'
                    """) == "(ann@example.com,24,t,t)")
            #expect(
                try await database.text("select array_agg(email order by email) from policy.published_users")
                    == "{ann@example.com,system@product.example}")
            #expect(
                try await database.text("select count(*) from policy.published_catalogue where kind = 'scope'") == "36")
            #expect(try await database.text("select count(*) from policy.role") == "7")
            #expect(
                try await database.text("select array_agg(name order by name) from policy.domain")
                    == "{news.example.com,shop.example.com,www.example.com}")
            #expect(
                try await database.text(
                    """
                    select array_agg(type || ' ' || n order by type) from (
                        select substr(type, 11) as type, count(*) as n from policy.outbox group by type) t
                    """)
                    == #"{"catalogue.updated 1","domain.created 3","role.created 7","user.created 1","user.updated 1"}"#
            )
            #expect(
                try await database.text(
                    "select count(*) from policy.outbox where payload -> 'data' -> 'user' ->> 'id' = 'system'")
                    == "13")

            let before = try await database.text("select revision from policy.head")
            #expect(try await bootstrap.run(try EmailAddress("Ann@example.com"), name, at: .now()) == id)
            await #expect(throws: Bootstrap.Failure.notTheFirst) {
                try await bootstrap.run(try EmailAddress("bob@example.com"), name, at: .now())
            }
            #expect(try await database.text("select revision from policy.head") == before)
        }
    }

    @Test func `of two at once, one makes the administrator`() async throws {
        let database = try await MigratedDatabase.make()
        let made = await withTaskGroup(of: UserID?.self) { group in
            for address in ["ann@example.com", "bob@example.com"] {
                group.addTask {
                    try? await run(on: database) { bootstrap in
                        try await bootstrap.run(EmailAddress(address), Name("First"), at: .now())
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.compactMap(\.self).count == 1)
        #expect(try await database.text("select count(*) from policy.account where not system") == "1")
        try await database.drop()
    }

    @Test func `after the administrators are gone, it makes another, and leaves what is there`() async throws {
        try await run { bootstrap, database in
            _ = try await bootstrap.run(try EmailAddress("ann@example.com"), try Name("Ann"), at: .now())
            try await database.script("update policy.account set active = false where not system")
            await #expect(throws: Bootstrap.Failure.taken(try EmailAddress("ann@example.com"))) {
                try await bootstrap.run(try EmailAddress("ann@example.com"), try Name("Ann"), at: .now())
            }
            let id = try await bootstrap.run(try EmailAddress("bob@example.com"), try Name("Bob"), at: .now())
            #expect(
                try await database.text(
                    "select cardinality(permissions) from policy.published_users where id = '\(id)'")
                    == "24")
            #expect(try await database.text("select count(*) from policy.role") == "7")
        }
    }
}
