import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The catalogue, and its names, which users, roles and applications point at.
struct CatalogueStore {
    let postgres: Postgres

    func scopes() async throws(Problem) -> Set<Scope> { Set(try await postgres.read(Self.scopes)) }

    func permissions() async throws(Problem) -> Set<Permission> { Set(try await postgres.read(Self.permissions)) }

    func find() async throws(Problem) -> SavedCatalogue? { try await postgres.read(Self.find).first }

    /// Nil where the catalogue is no longer at that revision. `change`: by the roles that gave everything, which do so afterwards, too.
    func replace(
        _ saved: SavedCatalogue, with difference: CatalogueDifference, forced: Bool, _ change: ([Role]) -> Change
    ) async throws(Problem) -> Revision? {
        let catalogue = difference.catalogue
        do {
            return try await postgres.transaction { connection in
                // Before the looks: what others have committed is seen, and no role is changed meanwhile (04 § Heads).
                try await connection.query(Self.lock)
                if !forced {
                    let uses = try await connection.query(Self.uses, Self.listed(catalogue))
                    guard uses.isEmpty else { throw CatalogueUse.refusal(uses) }
                }
                let isMore = !difference.newPermissions.isEmpty
                let complete = isMore ? try await connection.query(RoleStore.complete) : []
                return try await connection.query(
                    Self.replace,
                    [.revision(saved.revision)] + change(complete).values + [.jsonb(difference.document)]
                        + Self.names(of: catalogue) + [
                            .texts(complete.map(\.name.text)), .texts(difference.newPermissions.map(\.text)),
                        ]
                ).first
            }
        } catch { throw Problem(of: error) }
    }

    /// Scopes and permissions, each with its words; and which permission opens which scope.
    static func names(of catalogue: Catalogue) -> [Value] {
        let (scopes, permissions, openings) = (catalogue.allScopes, catalogue.allPermissions, catalogue.openings)
        return [
            .texts(scopes.map(\.name.text)), .texts(scopes.map(\.words.text)), .texts(permissions.map(\.name.text)),
            .texts(permissions.map(\.words.text)), .texts(openings.map(\.scope)), .texts(openings.map(\.permission)),
        ]
    }

    private static func listed(_ catalogue: Catalogue) -> [Value] {
        [
            .texts(catalogue.allScopes.map(\.name.text)), .texts(catalogue.allPermissions.map(\.name.text)),
            .texts(catalogue.internalKinds.map(\.kind.text)),
        ]
    }
}

extension CatalogueStore {
    static let scopes = Statement("select name from policy.scope") { row in try row.value(Scope.self) }

    static let permissions = Statement("select name from policy.permission where listed") { row in
        try row.value(Permission.self)
    }

    static let lock = Statement("select from policy.head for update")

    static let find = Statement("select document, revision from policy.catalogue") { row in
        SavedCatalogue(document: try row.jsonb(), revision: try row.revision())
    }

    /// Each with the first ten of its users, by name.
    static let uses = Statement(
        """
        select member, name, users[:10], cardinality(users)::bigint
        from (
            select 'scopes' as member, s.name, array(
                select a.name from registry.published_applications a
                where a.scopes @> array[s.name] and not a.deleted order by a.name) as users
            from policy.scope s where s.name <> all ($1)
            union all
            select 'permissions', p.name, array(
                select r.role from policy.role_permission r where r.permission = p.name order by r.role)
            from policy.permission p where p.name <> all ($2) and p.listed
            union all
            select 'internal_kinds', k.name, array(
                select a.name from registry.published_applications a
                where a.component_kind = k.name and not a.deleted order by a.name)
            from policy.published_catalogue k where k.kind = 'internal_kind' and k.name <> all ($3)
        ) as lacking
        where users <> '{}'
        order by member, name
        """
    ) { row in
        CatalogueUse(member: try row.text(), name: try row.text(), users: try row.texts(), count: try row.int8())
    }

    /// A permission that a role gives stays, unlisted: the role needs attention.
    static let replace = Statement(
        """
        with \(Change.head(where: "exists (select from policy.catalogue where revision = $1)")),
            changed as (
                update policy.catalogue c set document = $5, revision = head.revision, updated_at = $2, updated_by = $3
                from head where c.revision = $1
                returning c.revision),
            scopes_gone as (delete from policy.scope s using changed where s.name <> all ($6)),
            scopes as (
                insert into policy.scope (name, words)
                select scope.name, scope.words from changed, unnest($6::text[], $7::text[]) as scope (name, words)
                on conflict (name) do update set words = excluded.words),
            permissions_gone as (
                delete from policy.permission p using changed
                where p.name <> all ($8)
                    and not exists (select from policy.role_permission r where r.permission = p.name)),
            permissions_kept as (
                update policy.permission p set listed = false from changed
                where p.name <> all ($8) and exists (select from policy.role_permission r where r.permission = p.name)),
            permissions as (
                insert into policy.permission (name, words)
                select permission.name, permission.words
                from changed, unnest($8::text[], $9::text[]) as permission (name, words)
                on conflict (name) do update set words = excluded.words, listed = true),
            given as (
                insert into policy.role_permission (role, permission)
                select role, permission from changed, unnest($12::text[]) role, unnest($13::text[]) permission
                on conflict do nothing),
            roles as (
                update policy.role r set revision = changed.revision, updated_at = $2, updated_by = $3
                from changed where r.name = any ($12)),
            openings_gone as (
                delete from policy.scope_permission o using changed
                where not exists (
                    select from unnest($10::text[], $11::text[]) as kept (scope, permission)
                    where kept.scope = o.scope and kept.permission = o.permission)),
            openings as (
                insert into policy.scope_permission (scope, permission)
                select o.scope, o.permission from changed, unnest($10::text[], $11::text[]) as o (scope, permission)
                on conflict do nothing),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))
}

extension Catalogue {
    /// Which permission alone opens some route of a scope; "" where none is needed.
    var openings: [(scope: String, permission: String)] {
        var seen: Set<[String]> = []
        for route in allRoutes {
            for permission in route.permissions.alone { seen.insert([route.scope.text, permission]) }
        }
        return seen.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
    }
}

extension PermissionRule {
    /// What satisfies it alone; "" where nothing is asked for.
    fileprivate var alone: [String] {
        switch self {
        case .all([]): [""]
        case .all(let permissions): permissions.count == 1 ? permissions.map(\.text) : []
        case .any(let permissions): permissions.map(\.text)
        }
    }
}
