import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// An application as one statement read it from the primary, for one request from one address (04 § Epochs).
final class Client: Sendable {
    let name: String
    let flow: Flow
    let scopes: [Scope]
    let enabled: Bool
    let epoch: Int64
    let secretHMAC: [UInt8]
    let pepperID: String
    /// Under whom the application acts; nil where there is none (code flow).
    let user: User?
    /// Whether the general list, and the application's own, allow the address.
    let generalListAllows: Bool
    let ownListAllows: Bool
    /// A JWK set, as JSON; nil where there is none, or it was not asked for.
    let keys: [UInt8]?

    init(row: inout RowReader) throws {
        name = try row.text()
        guard let flow = Flow(rawValue: try row.text()) else { throw PostgresError.decoding("unknown flow") }
        self.flow = flow
        scopes = try row.texts().map { try Scope($0) }
        enabled = try row.bool()
        epoch = try row.int8()
        secretHMAC = try row.bytea()
        pepperID = try row.text()
        let id = try row.optionalUser()
        let name = try row.optionalText()
        let active = try row.optionalBool()
        let epoch = try row.optionalInt8()
        user =
            if let id, let name, let active, let epoch {
                User(id: id, name: name, active: active, epoch: epoch)
            } else { nil }
        generalListAllows = try row.bool()
        ownListAllows = try row.bool()
        keys = try row.optionalJSONB()
    }

    struct User: Sendable {
        let id: UserID
        let name: String
        let active: Bool
        let epoch: Int64
    }
}

extension Client {
    static let columns = "\(common), null::jsonb"
    static let columnsWithKeys = "\(common), c.jwks"

    /// An empty list restricts nothing.
    private static let common = """
        c.name, c.flow, c.scopes, c.enabled, c.epoch, c.secret_hmac, c.pepper_id,
        u.id, u.name, u.active and not u.deleted, u.epoch,
        not exists (select from policy.published_networks) or policy.published_networks_allow($2),
        not c.restricted or registry.published_ranges_allow($1, $2)
        """
    static let source = """
        registry.published_credentials c left join policy.published_users u on u.id = c.run_as
        """
}
