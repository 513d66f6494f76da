import GatehouseModel
import GatehousePlatform
import GatehousePostgres

extension UserStore {
    private static let columns = """
        a.id, a.email, a.name, a.external_id, a.active, a.all_domains,
        array(select r.role from policy.account_role r where r.account = a.id)::text[] as roles,
        array(select d.domain from policy.account_domain d where d.account = a.id)::text[] as domains,
        array(
            select p.permission from policy.account_role r join policy.role_permission p on p.role = r.role
            where r.account = a.id)::text[] as permissions,
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

    static let create = Statement(
        """
        with \(Change.head()),
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
            \(Change.told)
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
