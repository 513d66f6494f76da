import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// A grant as it is shown: what which application may do in whose name.
struct LiveGrant: Sendable {
    let id: ID<Grant>
    let bucket: Int32
    let user: Fact.User
    let application: Fact.Application
    /// Consented to, and still the application's (A3).
    let scopes: [Scope]
    let created: Timestamp
    let lastUsed: Timestamp
    /// Unless it is used before.
    let expires: Timestamp

    init(row: inout RowReader) throws {
        id = try row.id()
        bucket = try row.int4()
        user = Fact.User(try row.user(), name: try row.text())
        application = Fact.Application(try row.value(), name: try row.text())
        let consented = try row.texts()
        let available = try row.texts()
        scopes = try consented.filter(available.contains).map { try Scope($0) }
        created = try row.timestamp()
        lastUsed = try row.timestamp()
        expires = try row.timestamp()
    }

    var json: JSON {
        [
            "id": id.json, "user": ["id": user.id.json, "name": .string(user.name)],
            "application": ["client_id": application.clientID.json, "name": .string(application.name)],
            "scopes": .array(scopes.map(\.json)), "created_at": created.json, "last_used_at": lastUsed.json,
            "expires_at": expires.json,
        ]
    }
}
