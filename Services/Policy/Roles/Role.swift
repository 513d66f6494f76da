import GatehouseJSON
import GatehouseModel

/// A set of permissions that users are given as one.
struct Role: Administered, Sendable, Hashable {
    static let noun = "role"

    let name: RoleName
    let permissions: Set<Permission>
    let revision: Revision

    var json: JSON.Object { ["name": name.json, "permissions": .array(permissions.sorted().map(\.json))] }
}
