import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The tables `policy.role` and `policy.role_permission`.
struct RoleStore {
    let postgres: Postgres

    /// Up to `limit` roles by name, after `name`.
    func list(after name: RoleName?, limit: Int) async throws(Problem) -> [Role] {
        try await postgres.read(Self.list, .text(name?.text ?? ""), .int8(Int64(limit)))
    }

    func find(_ name: RoleName) async throws(Problem) -> Role? {
        try await postgres.read(Self.find, .texts([name.text])).first
    }

    /// Those of `names` that exist.
    func find(_ names: some Collection<RoleName>) async throws(Problem) -> [Role] {
        names.isEmpty ? [] : try await postgres.read(Self.find, .texts(names.map(\.text)))
    }

    /// Whether a user with this role may do what `permissions` and `domains` do not contain.
    func isHeldBeyond(_ permissions: Set<Permission>, _ domains: Domains, _ name: RoleName) async throws(Problem)
        -> Bool
    {
        let names = domains.names
        return try await postgres.read(
            Self.heldBeyond, .text(name.text), .texts(permissions.map(\.text)), .bool(names == nil),
            .texts((names ?? []).map(\.text))
        ).first ?? false
    }

    /// Nil where the role exists.
    func create(
        _ name: RoleName, _ permissions: Set<Permission>, _ change: Change, once claim: Claim?, keeping answer: [UInt8]
    ) async throws(Problem) -> Revision? {
        try await postgres.write(
            Self.create, Self.values(name, permissions, change), once: claim, keeping: answer, refusals: Self.refusals)
    }

    /// The first of `create`.
    static func values(_ name: RoleName, _ permissions: Set<Permission>, _ change: Change) -> [Value] {
        [.text(name.text)] + change.values + [.texts(permissions.map(\.text))]
    }

    /// Nil where the role is no longer at that revision.
    func replace(_ role: Role, with permissions: Set<Permission>, _ change: Change) async throws(Problem) -> Revision? {
        try await postgres.write(
            Self.replace,
            [.text(role.name.text)] + change.values + [.revision(role.revision), .texts(permissions.map(\.text))],
            refusals: Self.refusals
        ).first
    }

    /// Nil where the role is no longer at that revision. A conflict while a user has it.
    func delete(_ role: Role, _ change: Change) async throws(Problem) -> Revision? {
        try await postgres.write(
            Self.delete, [.text(role.name.text)] + change.values + [.revision(role.revision)],
            refusals: Self.refusals
        ).first
    }

    private static let refusals: [String: Problem] = [
        "account_role_role": Problem(.conflict, "The role is in use: take it from its users first."),
        "role_permission_permission_fkey": Problem(field: "permissions", "names a permission that is gone"),
    ]
}

extension RoleStore {
    private static let columns = """
        r.name, array(select p.permission from policy.role_permission p where p.role = r.name)::text[] as permissions, r.revision,
        array(
            select p.permission from policy.role_permission p join policy.permission known on known.name = p.permission
            where p.role = r.name and not known.listed)::text[] as unlisted
        """

    static let list = Statement(
        "select \(columns) from policy.role r where not r.deleted and r.name > $1 order by r.name limit $2",
        decode: Role.init(row:))

    static let find = Statement(
        "select \(columns) from policy.role r where r.name = any ($1) and not r.deleted", decode: Role.init(row:))

    /// Those that give everything, and keep what the catalogue had before.
    static let complete = Statement(
        """
        select \(columns) from policy.role r
        where not r.deleted and not exists (
            select from policy.permission p where not exists (
                select from policy.role_permission given where given.role = r.name and given.permission = p.name))
        order by r.name
        """, decode: Role.init(row:))

    static let heldBeyond = Statement(
        """
        select exists (
            select from policy.account_role held join policy.account a on a.id = held.account
            where held.role = $1 and not $3 and (
                a.all_domains or exists (
                    select from policy.account_domain d where d.account = a.id and d.domain <> all ($4)))
        ) or exists (
            select from (
                select distinct p.role from policy.role_permission p join policy.permission known on known.name = p.permission
                where known.listed and p.permission <> all ($2)) as beyond
            where exists (
                select from policy.account_role other join policy.account_role held on held.account = other.account
                where other.role = beyond.role and held.role = $1)
        )
        """
    ) { row in try row.bool() }

    private static let once = ClaimClauses(in: .policy, from: 6)

    /// A name that was deleted comes back as a new role.
    static let create = Statement(
        """
        with \(once.mine),
            \(Change.head(where: "\(once.isMine) and not exists (select from policy.role where name = $1 and not deleted)")),
            changed as (
                insert into policy.role as r (name, revision, created_at, created_by, updated_at, updated_by)
                select $1, head.revision, $2, $3, $2, $3 from head
                on conflict (name) do update set
                    deleted = false, revision = excluded.revision, created_at = $2, created_by = $3,
                    updated_at = $2, updated_by = $3
                where r.deleted
                returning r.name, r.revision),
            given as (
                insert into policy.role_permission (role, permission)
                select changed.name, permission from changed, unnest($5::text[]) permission),
            \(Change.told),
            \(once.answered())
        select revision from changed
        """, decode: Revision.init(row:))

    static let replace = Statement(
        """
        with \(Change.head(where: "exists (select from policy.role where name = $1 and revision = $5 and not deleted)")),
            changed as (
                update policy.role r set revision = head.revision, updated_at = $2, updated_by = $3
                from head where r.name = $1 and r.revision = $5 and not r.deleted
                returning r.name, r.revision),
            taken as (
                delete from policy.role_permission p using changed
                where p.role = changed.name and p.permission <> all ($6)),
            given as (
                insert into policy.role_permission (role, permission)
                select changed.name, permission from changed, unnest($6::text[]) permission
                on conflict do nothing),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))

    static let delete = Statement(
        """
        with \(Change.head(where: "exists (select from policy.role where name = $1 and revision = $5 and not deleted)")),
            changed as (
                update policy.role r set deleted = true, revision = head.revision, updated_at = $2, updated_by = $3
                from head where r.name = $1 and r.revision = $5 and not r.deleted
                returning r.name, r.revision),
            taken as (delete from policy.role_permission p using changed where p.role = changed.name),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))
}

extension Role {
    fileprivate init(row: inout RowReader) throws {
        name = try RoleName(row.text())
        permissions = Set(try row.texts().map(Permission.init))
        revision = try row.revision()
        unlisted = Set(try row.texts().map(Permission.init))
    }
}
