import GatehouseJSON
import GatehouseModel

/// A set of permissions that users are given as one.
struct Role: Administered, Sendable, Hashable {
    static let noun = "role"

    let name: RoleName
    let permissions: Set<Permission>
    let revision: Revision
    /// Those of its permissions that the catalogue no longer has: they give nothing, and nobody need hold them to change the role.
    var unlisted: Set<Permission> = []

    var listed: Set<Permission> { permissions.subtracting(unlisted) }

    var json: JSON.Object {
        var json = Self.json(name, permissions)
        if !unlisted.isEmpty { json["attention"] = ["permission_unknown"] }
        return json
    }

    static func json(_ name: RoleName, _ permissions: Set<Permission>) -> JSON.Object {
        ["name": name.json, "permissions": .array(permissions.sorted().map(\.json))]
    }
}
