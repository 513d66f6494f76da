import GatehouseJSON
import GatehouseModel

/// What a new installation begins with (01 § Default catalogue): data beside this file, and another product's is loaded instead.
enum Defaults {
    /// Of the first administrator: it gives everything.
    static let administrators = "Application Manager"

    static func catalogue() throws -> Catalogue { try Catalogue(parsing: PackageResources.default_catalogue_json) }

    static func roles() throws -> [(name: RoleName, permissions: Set<Permission>)] {
        let roles = try [JSON](json: JSON(parsing: PackageResources.default_roles_json))
        return try roles.map { role in
            var fields = try Fields(role)
            let name = fields.required("name", as: RoleName.self)
            let permissions = fields.required("permissions", as: [Permission].self)
            guard let name, let permissions, fields.areValid else { throw fields.problem }
            return (name, Set(permissions))
        }
    }

    static func domains() throws -> [DomainName] {
        try [DomainName](json: JSON(parsing: PackageResources.default_domains_json))
    }
}
