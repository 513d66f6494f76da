import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Reads users of policy, with what containment asks of them.
struct AccountStore {
    static let find = Statement(
        """
        select u.id, u.name, u.email, u.permissions, u.all_domains, u.domains, u.revision,
               array(select name from policy.published_catalogue where kind = 'scope')::text[]
        from policy.published_users u where u.id = $1 and not u.deleted
        """, decode: Account.init(row:))

    let postgres: Postgres

    func find(_ id: UserID) async throws -> Account {
        if id.isSystem { throw Account.system }
        guard let account = try await postgres.read(Self.find, .user(id)).first else { throw Account.absent }
        return account
    }
}
