import GatehousePostgres
import Registry
import TestSupport
import Testing

@Suite struct StatementTests {
    @Test func `every statement is prepared against the schema, as the service's role`() async throws {
        try await RegistryHouse.run { house in
            #expect(Statements.all.count > 10)
            for sample in Statements.all {
                let plan = Statement("explain " + sample.sql) { try $0.text() }
                let lines = try await house.database.query(plan, sample.values, as: "registry")
                #expect(!lines.isEmpty)
            }
        }
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
