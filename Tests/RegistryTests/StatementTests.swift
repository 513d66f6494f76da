import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Registry
import TestSupport
import Testing

@Suite struct StatementTests {
    @Test func `every statement is prepared against the schema, as the role that runs it`() async throws {
        let database = try await MigratedDatabase.make()
        for sample in Statements.all + SharedStatements.all(of: .registry) {
            let role = sample.isHosts ? "registry_owner" : "registry"
            #expect(try await !database.plan(sample.sql, sample.values, as: role).lines.isEmpty)
        }
        try await database.drop()
    }

    @Test func `no list and no look-up reads twenty thousand applications from end to end`() async throws {
        let database = try await TestDatabase.large()
        for sample in Statements.reads {
            let plan = try await database.plan(sample.sql, sample.values, as: "registry")
            #expect(plan.wholeTables.isDisjoint(with: ["application", "account", "usage"]), "\(sample.sql)\n\(plan)")
        }
        try await database.drop()
    }

    @Test func `the registry's role reads and changes what it must, and nothing more`() async throws {
        try await RegistryHouse.run { house in
            for sql in [
                "delete from registry.application", "update registry.head set incarnation = gen_random_uuid()",
                "select from policy.account", "select from policy.head", "update policy.published_users set name = ''",
                "select from token.signing_key", "create table registry.t ()", "drop table registry.application",
                "alter table registry.application disable trigger all",
            ] {
                await #expect(throws: PostgresError.self, "\(sql)") {
                    try await house.database.query(Statement(sql), as: "registry")
                }
            }
        }
    }
}
