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
    }

    struct User: Sendable {
        let id: UserID
        let name: String
        let active: Bool
        let epoch: Int64
    }
}

extension Client {
    /// An empty list restricts nothing; else the range that begins last at or before the address must reach it: one probe of an index.
    private static func allows(_ view: String, _ filter: String) -> String {
        """
        coalesce((select r.high >= $2 from \(view) r where \(filter) r.low <= $2 order by r.low desc limit 1),
                 not exists (select from \(view) r where \(filter) true))
        """
    }

    static let columns = """
        c.name, c.flow, c.scopes, c.enabled, c.epoch, c.secret_hmac, c.pepper_id,
        u.id, u.name, u.active and not u.deleted, u.epoch,
        \(allows("policy.published_networks", "")),
        \(allows("registry.published_ranges", "r.client_id = $1 and"))
        """
    static let source = """
        registry.published_credentials c left join policy.published_users u on u.id = c.run_as
        """
}
