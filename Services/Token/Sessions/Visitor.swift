import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// A user who may sign in, seen from an address.
final class Visitor: Sendable {
    let user: Fact.User
    let email: String
    let generalListAllows: Bool

    init(row: inout RowReader) throws {
        let id = try row.user()
        user = Fact.User(id, name: try row.text())
        email = try row.text()
        generalListAllows = try row.bool()
    }
}
