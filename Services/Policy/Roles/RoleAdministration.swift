import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of making, changing and deleting roles: nobody gives or takes away what they lack.
struct RoleAdministration {
    private static let mostPermissions = 500

    private let store: RoleStore
    private let catalogue: CatalogueStore
    private let created: CreatedStore

    init(_ postgres: Postgres) {
        store = RoleStore(postgres: postgres)
        catalogue = CatalogueStore(postgres: postgres)
        created = CreatedStore(postgres: postgres)
    }

    func page(after name: RoleName?, limit: Int) async throws(Problem) -> [Role] {
        try await store.list(after: name, limit: limit)
    }

    func find(_ name: RoleName) async throws(Problem) -> Role {
        guard let role = try await store.find(name) else { throw Role.absent }
        return role
    }

    func create(_ body: JSON, by author: Author, once claim: Claim?) async throws -> Created {
        try await claim.once(created.find) { try await create(body, by: author, under: claim) }
    }

    private func create(_ body: JSON, by author: Author, under claim: Claim?) async throws(Problem) -> Created {
        var fields = try Fields(body)
        let name = fields.required("name", as: RoleName.self)
        let permissions = try await permissions(&fields)
        guard let name, let permissions, fields.areValid else { throw fields.problem }
        try demand(permissions, of: author)
        let change = Change(
            [.role(.roleCreated, .create, name, from: nil, to: permissions, by: author)], by: author)
        let json = Role.json(name, permissions)
        let kept = Created.kept(json)
        guard let revision = try await store.create(name, permissions, change, once: claim, keeping: kept) else {
            throw Role.taken()
        }
        return Created(json: json, revision: revision)
    }

    /// The role as it is afterwards; what changes nothing is no change.
    func replace(
        _ name: RoleName, with body: JSON, if condition: EntityTag.Condition, by author: Author
    ) async throws(Problem) -> Role {
        var fields = try Fields(body)
        if let stated = fields.optional("name", as: RoleName.self), stated != name {
            fields.refuse("name", "must be the one in the path: a role keeps its name")
        }
        guard let permissions = try await permissions(&fields), fields.areValid else { throw fields.problem }
        return try await Role.change(if: condition) { () throws(Problem) in
            try await store.find(name)
        } _: { role throws(Problem) in
            if role.permissions == permissions { return role }
            try demand(role.listed.union(permissions), of: author)
            try await demandHolders(of: role, of: author)
            let change = Change(
                [.role(.roleUpdated, .update, name, from: role.permissions, to: permissions, by: author)], by: author)
            guard let revision = try await store.replace(role, with: permissions, change) else { return nil }
            return Role(name: name, permissions: permissions, revision: revision)
        }
    }

    /// The revision of the deletion.
    func delete(_ name: RoleName, if condition: EntityTag.Condition, by author: Author) async throws(Problem)
        -> Revision
    {
        try await Role.change(if: condition) { () throws(Problem) in
            try await store.find(name)
        } _: { role throws(Problem) in
            try demand(role.listed, of: author)
            let fact = OutgoingFact.role(.roleDeleted, .delete, name, from: role.permissions, to: nil, by: author)
            return try await store.delete(role, Change([fact], by: author))
        }
    }

    private func permissions(_ fields: inout Fields) async throws(Problem) -> Set<Permission>? {
        guard let permissions = fields.required("permissions", as: [Permission].self, atMost: Self.mostPermissions)
        else { return nil }
        let known = try await catalogue.permissions()
        for (index, permission) in permissions.enumerated() where !known.contains(permission) {
            fields.refuse("permissions[\(index)]", "is not in the catalogue")
        }
        return Set(permissions)
    }

    private func demand(_ permissions: Set<Permission>, of author: Author) throws(Problem) {
        try Authority(permissions: permissions, domains: .none)
            .demand(of: author, "The role gives, or gave, what you do not have.")
    }

    /// A role changes all who hold it, in all their domains: a user who may do more than the author is not the author's to change.
    private func demandHolders(of role: Role, of author: Author) async throws(Problem) {
        guard let caller = author.caller else { return }
        if try await store.isHeldBeyond(caller.permissions, caller.domains, role.name) {
            throw Problem(.forbidden, "The role is held by a user who may do what you may not.")
        }
    }
}

extension OutgoingFact {
    static func role(
        _ type: EventType, _ operation: Operation, _ name: RoleName, from old: Set<Permission>?,
        to new: Set<Permission>?, by author: Author
    ) -> OutgoingFact {
        func json(_ permissions: Set<Permission>?) -> JSON {
            permissions.map { .array($0.sorted().map(\.json)) } ?? .null
        }
        return .access(
            type, operation, ("role", .role, name.text, name.text),
            [FieldChange("permissions", from: json(old), to: json(new))], by: author)
    }
}
