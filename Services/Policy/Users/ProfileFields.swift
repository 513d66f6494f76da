import GatehouseJSON
import GatehouseModel

extension User.Profile {
    private static let mostRoles = 200

    /// The body that makes a user: without roles and domains, a user may do nothing.
    init(_ json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let email = fields.required("email", as: EmailAddress.self)
        let name = fields.required("name", as: Name.self)
        let externalID = fields.nullable("external_id", as: ExternalID.self)
        let roles = fields.optional("roles", as: [RoleName].self, atMost: Self.mostRoles)
        let domains = fields.optional("domains", as: Domains.self)
        let isActive = fields.optional("active", as: Bool.self)
        guard let email, let name, fields.areValid else { throw fields.problem }
        self.init(
            email: email, name: name, externalID: externalID.applied(to: nil), roles: Set(roles ?? []),
            domains: domains ?? .none, isActive: isActive ?? true)
    }

    /// This profile with what a merge patch (RFC 7396) says.
    func patched(by json: JSON) throws(Problem) -> User.Profile {
        var fields = try Fields(json)
        let email = fields.optional("email", as: EmailAddress.self)
        let name = fields.optional("name", as: Name.self)
        let externalID = fields.nullable("external_id", as: ExternalID.self)
        let roles = fields.optional("roles", as: [RoleName].self, atMost: Self.mostRoles)
        let domains = fields.optional("domains", as: Domains.self)
        let isActive = fields.optional("active", as: Bool.self)
        try fields.finish()
        return User.Profile(
            email: email ?? self.email, name: name ?? self.name, externalID: externalID.applied(to: self.externalID),
            roles: roles.map { Set($0) } ?? self.roles, domains: domains ?? self.domains,
            isActive: isActive ?? self.isActive)
    }
}
