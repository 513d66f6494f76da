import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What tokens of a grant say: whose they are, what they may do, and with which epochs they live and die.
struct GrantTerms: Sendable {
    let user: UserID
    let userName: String
    /// What the user agreed to.
    let consented: [Scope]
    /// What the application has now.
    let available: [Scope]
    let epoch: Int64
    let userEpoch: Int64

    init(row: inout RowReader) throws {
        user = try row.user()
        userName = try row.text()
        consented = try row.texts().map { try Scope($0) }
        available = try row.texts().map { try Scope($0) }
        epoch = try row.int8()
        userEpoch = try row.int8()
    }

    /// Narrowing bites at once; widening never widens what a user consented to (A3).
    var scopes: [Scope] { consented.filter(available.contains) }

    /// Those of `asked`; nil where one was not consented to.
    func scopes(of asked: [Scope]?) -> [Scope]? {
        guard let asked else { return scopes }
        return asked.allSatisfy(consented.contains) ? asked.filter(available.contains) : nil
    }
}
