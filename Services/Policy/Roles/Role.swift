import GatehouseJSON
import GatehouseModel

/// A set of permissions that users are given as one.
struct Role: Administered, Sendable, Hashable {
    static let noun = "role"

    let name: RoleName
    let permissions: Set<Permission>
    let revision: Revision
    /// It gives what the catalogue no longer has.
    var needsAttention = false

    var json: JSON.Object {
        var json: JSON.Object = ["name": name.json, "permissions": .array(permissions.sorted().map(\.json))]
        if needsAttention { json["attention"] = ["permission_unknown"] }
        return json
    }
}
