import GatehouseEventLoop
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Policy
import TestSupport
import Testing

@Suite struct `policy bootstrap` {
    @Test func `makes the first administrator once, with the default catalogue`() async throws {
        let database = try await MigratedDatabase.make()
        let core = Core()
        defer { core.stop() }
        let url = try database.url(as: "policy_owner")
        try await core.run { core in
            let postgres = Postgres(Postgres.Settings(url), on: core)
            let bootstrap = Bootstrap(postgres: postgres, domain: try DomainName("example.com"))
            let ann = try EmailAddress("ann@example.com")
            let name = try Name("Ann")
            let id = try await bootstrap.run(ann, name, at: .now())
            #expect(try await bootstrap.run(ann, name, at: .now()) == id)
            await #expect(throws: Bootstrap.Failure.notTheFirst) {
                try await bootstrap.run(try EmailAddress("bob@example.com"), name, at: .now())
            }
            let counts = Statement(
                """
                select (select count(*) from policy.published_catalogue where kind = 'scope'),
                       (select cardinality(permissions) from policy.published_users where email = 'ann@example.com')::bigint,
                       (select count(*) from policy.outbox where type = 'gatehouse.user.created')
                """
            ) { [try $0.int8(), try $0.int8(), try $0.int8()] }
            #expect(try await postgres.query(counts).first == [36, 24, 1])
            await postgres.close()
        }
        try await database.drop()
    }
}
