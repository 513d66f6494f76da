import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The names of the catalogue, which users, roles and applications point at.
struct CatalogueStore {
    let postgres: Postgres

    func scopes() async throws(Problem) -> Set<Scope> { Set(try await postgres.read(Self.scopes)) }

    func permissions() async throws(Problem) -> Set<Permission> { Set(try await postgres.read(Self.permissions)) }
}

extension CatalogueStore {
    static let scopes = Statement("select name from policy.scope") { row in try row.value(Scope.self) }

    static let permissions = Statement("select name from policy.permission") { row in try row.value(Permission.self) }
}
