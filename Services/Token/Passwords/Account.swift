import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// A user as policy publishes them, before somebody else touches the way they sign in.
final class Account: Sendable {
    let user: Fact.User
    let email: String
    let authority: Authority
    /// Every scope of the catalogue.
    let scopes: Set<Scope>
    let revision: Revision

    /// Columns of `AccountStore.find`.
    init(row: inout RowReader) throws {
        let id = try row.user()
        user = Fact.User(id, name: try row.text())
        email = try row.text()
        let permissions = Set(try row.texts().map { try Permission($0) })
        let hasAllDomains = try row.bool()
        let domains = Set(try row.texts().map { try DomainName($0) })
        authority = Authority(permissions: permissions, domains: hasAllDomains ? .all : .some(domains))
        revision = try row.revision()
        scopes = Set(try row.texts().map { try Scope($0) })
    }

    /// Nobody sets, for a user who may do more, how they sign in; and who could sign in as another holds all that a session would.
    func demand(of author: Author) throws(Problem) {
        try authority.demand(of: author, "The user may do what you may not.")
        guard let caller = author.caller, !caller.contains(scopes) else { return }
        throw Problem(
            .forbidden, "How somebody signs in is changed in the console, or by an application with every scope.")
    }

    static let absent = Problem(.notFound, "There is no such user.")
    static let system = Problem(.forbidden, "The system user belongs to the product: it cannot sign in.")
}
