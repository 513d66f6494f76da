import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The tables `policy.account`, `policy.account_role` and `policy.account_domain`.
struct UserStore {
    let postgres: Postgres

    /// Where a page of the list begins: after this user.
    struct Place {
        let name: Name
        let id: UserID
    }

    /// Up to `limit` users by name, then id, after `last`.
    func list(after last: Place?, limit: Int) async throws(Problem) -> [User] {
        try await postgres.read(
            Self.list, .text(last?.name.text ?? ""), .user(last?.id ?? .system), .int8(Int64(limit)))
    }

    func find(_ id: UserID) async throws(Problem) -> User? {
        try await postgres.read(Self.find, .user(id)).first
    }

    /// The applications that act under the user, by name.
    func applications(runBy id: UserID) async throws(Problem) -> [String] {
        try await postgres.read(Self.applications, .user(id))
    }

    func create(
        _ id: UserID, _ profile: User.Profile, _ change: Change, once claim: Claim?, keeping answer: [UInt8]
    ) async throws(Problem) -> Revision {
        let made = try await postgres.write(
            Self.create, Self.values(id, profile, change), once: claim, keeping: answer, refusals: Self.refusals)
        guard let revision = made else { throw Problem(.internalError, "The user was not made.") }
        return revision
    }

    /// Nil where the user is no longer at that revision. Deactivation outlives all tokens made before it (04 § Epochs).
    func replace(_ user: User, with profile: User.Profile, _ change: Change) async throws(Problem) -> Revision? {
        try await postgres.write(
            Self.replace, Self.values(user.id, profile, change) + [.revision(user.revision)], refusals: Self.refusals
        ).first
    }

    /// Nil where the user is no longer at that revision, or an application acts under it.
    func delete(_ user: User, _ change: Change) async throws(Problem) -> Revision? {
        do {
            return try await postgres.write(locking: user.id, by: RunAsLock.exclude) { connection in
                try await connection.query(
                    Self.delete, [.user(user.id)] + change.values + [.revision(user.revision)]
                ).first
            }
        } catch {
            throw Problem(of: error)
        }
    }

    /// The first of `create` and `replace`: $1 … $11.
    static func values(_ id: UserID, _ profile: User.Profile, _ change: Change) -> [Value] {
        [.user(id)] + change.values + [
            .text(profile.email.text), .text(profile.name.text), .text(profile.externalID?.text),
            .bool(profile.isActive), .bool(profile.domains == .all), .texts(profile.roles.map(\.text)),
            .texts((profile.domains.names ?? []).map(\.text)),
        ]
    }

    private static let refusals: [String: Problem] = [
        "account_email": User.taken("email", "e-mail address"),
        "account_external_id": User.taken("external_id", "external id"),
        "account_role_role": Problem(field: "roles", "names a role that is gone"),
        "account_domain_domain": Problem(field: "domains", "names a domain that is gone"),
    ]
}

extension UserStore {
    private static let columns = """
        a.id, a.email, a.name, a.external_id, a.active, a.all_domains,
        array(select r.role from policy.account_role r where r.account = a.id)::text[] as roles,
        array(select d.domain from policy.account_domain d where d.account = a.id)::text[] as domains,
        array(
            select p.permission from policy.account_role r join policy.role_permission p on p.role = r.role
                join policy.permission known on known.name = p.permission
            where r.account = a.id and known.listed)::text[] as permissions,
        a.revision
        """

    static let list = Statement(
        """
        select \(columns) from policy.account a
        where not a.deleted and (a.name, a.id) > ($1, $2)
        order by a.name, a.id limit $3
        """, decode: User.init(row:))

    static let find = Statement(
        "select \(columns) from policy.account a where a.id = $1 and not a.deleted", decode: User.init(row:))

    static let applications = Statement(
        """
        select name from registry.published_applications
        where run_as = $1 and defined_by = 'user' and not deleted order by name limit 3
        """
    ) { row in try row.text() }

    private static let once = ClaimClauses(in: .policy, from: 12)

    static let create = Statement(
        """
        with \(once.mine),
            \(Change.head(where: once.isMine)),
            changed as (
                insert into policy.account (
                    id, email, name, external_id, active, all_domains, revision,
                    created_at, created_by, updated_at, updated_by)
                select $1, $5, $6, $7, $8, $9, head.revision, $2, $3, $2, $3 from head
                returning id, revision),
            given_roles as (
                insert into policy.account_role (account, role)
                select changed.id, role from changed, unnest($10::text[]) role),
            given_domains as (
                insert into policy.account_domain (account, domain)
                select changed.id, domain from changed, unnest($11::text[]) domain),
            \(Change.told),
            \(once.answered())
        select revision from changed
        """, decode: Revision.init(row:))

    static let replace = Statement(
        """
        with \(Change.head(where: "exists (select from policy.account where id = $1 and revision = $12 and not deleted)")),
            changed as (
                update policy.account a set
                    email = $5, name = $6, external_id = $7, active = $8, all_domains = $9,
                    epoch = a.epoch + (a.active and not $8)::integer,
                    min_epoch = case when a.active and not $8 then a.epoch + 1 else a.min_epoch end,
                    revision = head.revision, updated_at = $2, updated_by = $3
                from head where a.id = $1 and a.revision = $12 and not a.deleted
                returning a.id, a.revision),
            taken_roles as (
                delete from policy.account_role r using changed where r.account = changed.id and r.role <> all ($10)),
            given_roles as (
                insert into policy.account_role (account, role)
                select changed.id, role from changed, unnest($10::text[]) role
                on conflict do nothing),
            taken_domains as (
                delete from policy.account_domain d using changed
                where d.account = changed.id and d.domain <> all ($11)),
            given_domains as (
                insert into policy.account_domain (account, domain)
                select changed.id, domain from changed, unnest($11::text[]) domain
                on conflict do nothing),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))

    static let delete = Statement(
        """
        with \(Change.head(where: """
            exists (select from policy.account where id = $1 and revision = $5 and not deleted)
            and not exists (select from registry.published_applications where run_as = $1 and not deleted)
            """)),
            changed as (
                update policy.account a set
                    deleted = true, active = false, all_domains = false, epoch = a.epoch + 1, min_epoch = a.epoch + 1,
                    revision = head.revision, updated_at = $2, updated_by = $3
                from head where a.id = $1 and a.revision = $5 and not a.deleted
                returning a.id, a.revision),
            taken_roles as (delete from policy.account_role r using changed where r.account = changed.id),
            taken_domains as (delete from policy.account_domain d using changed where d.account = changed.id),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))
}

extension User {
    fileprivate init(row: inout RowReader) throws {
        id = try row.user()
        let email = try EmailAddress(row.text())
        let name = try Name(row.text())
        let externalID = try row.optionalText().map(ExternalID.init)
        let isActive = try row.bool()
        let hasAllDomains = try row.bool()
        let roles = Set(try row.texts().map(RoleName.init))
        let domains = Set(try row.texts().map(DomainName.init))
        permissions = Set(try row.texts().map(Permission.init))
        revision = try row.revision()
        profile = Profile(
            email: email, name: name, externalID: externalID, roles: roles,
            domains: hasAllDomains ? .all : .some(domains), isActive: isActive)
    }
}
