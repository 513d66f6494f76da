-- A permission that roles have still, but the catalogue no longer, gives nothing.

set search_path = policy;

create or replace view published_users as
select
    id, email, name, active, system,
    array(
        select distinct p.permission
        from account_role r join role_permission p on p.role = r.role join permission known on known.name = p.permission
        where r.account = a.id and known.listed
        order by p.permission
    )::text[] as permissions,
    all_domains,
    array(select d.domain from account_domain d where d.account = a.id order by d.domain)::text[] as domains,
    epoch, min_epoch, deleted, revision
from account a;

reset search_path;
