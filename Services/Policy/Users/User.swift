import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// A person, or the system, under whom applications act.
struct User: Administered, Sendable, Hashable {
    static let noun = "user"

    let id: UserID
    let profile: Profile
    /// The union over the roles.
    let permissions: Set<Permission>
    let revision: Revision

    /// What administrators state of a user.
    struct Profile: Sendable, Hashable {
        var email: EmailAddress
        var name: Name
        /// How other systems name the user.
        var externalID: ExternalID?
        var roles: Set<RoleName>
        var domains: Domains
        var isActive: Bool
    }
}

extension User {
    var authority: Authority { Authority(permissions: permissions, domains: profile.domains) }

    var json: JSON.Object { Self.json(id, profile) }

    static func json(_ id: UserID, _ profile: Profile) -> JSON.Object {
        var json: JSON.Object = ["id": id.json]
        for (name, value) in profile.json.members { json[name] = value }
        if id.isSystem { json["system"] = true }
        return json
    }
}

extension User.Profile {
    var json: JSON.Object {
        var json: JSON.Object = ["email": email.json, "name": name.json]
        json["external_id"] = externalID?.json
        json["roles"] = .array(roles.sorted().map(\.json))
        json["domains"] = domains.json
        json["active"] = .bool(isActive)
        return json
    }
}
