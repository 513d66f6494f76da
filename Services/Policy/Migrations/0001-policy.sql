-- The schema `policy`: users, roles, domains, the general IP list, the catalogue, the replicas that decide, and what they publish.
--
-- Every change to what replicas hold in memory locks the head first, bumps it, and stamps the rows it changes, all in one statement:
-- so `where revision > applied` misses nothing, and no two changes wait for each other in a circle. Users, roles and domains are never
-- deleted but marked; an assignment that comes or goes stamps its user, a permission that comes or goes stamps its role.

set search_path = policy;

create table head (
    one boolean primary key default true check (one),
    incarnation uuid not null default gen_random_uuid(),
    revision bigint not null default 0
);
insert into head default values;

create table outbox (
    position bigint generated always as identity primary key,
    id uuid not null unique,
    aggregatetype text not null,
    aggregateid text not null,
    type text not null,
    revision bigint,
    payload jsonb not null
);

-- The catalogue: the whole document, and of it what others point at.

create table catalogue (
    one boolean primary key default true check (one),
    document jsonb not null,
    revision bigint not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create table scope (
    name text collate "C" primary key,
    words text not null
);
create table permission (
    name text collate "C" primary key,
    words text not null,
    -- false: a role has it still, but the catalogue no longer
    listed boolean not null default true
);
-- Which permission alone opens some route of a scope; '': no permission is needed.
create table scope_permission (
    scope text collate "C" not null,
    permission text collate "C" not null,
    primary key (scope, permission)
);

-- Roles and domains. What is assigned points at (name, deleted), so one in use cannot be marked: the foreign key stands for it,
-- where a statement's own condition would read as of before it waited.

create table role (
    name text collate "C" primary key,
    deleted boolean not null default false,
    revision bigint not null,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    unique (name, deleted)
);
create index role_revision on role (revision);

create table role_permission (
    role text collate "C" not null references role,
    permission text collate "C" not null references permission,
    primary key (role, permission)
);
create index role_permission_permission on role_permission (permission);

create table domain (
    name text collate "C" primary key,
    deleted boolean not null default false,
    revision bigint not null,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    unique (name, deleted)
);
create index domain_revision on domain (revision);

-- Users. (`user` is a word of SQL's own.)

create table account (
    id uuid primary key,
    email text not null,
    name text collate "C" not null,
    external_id text collate "C",
    active boolean not null default true,
    all_domains boolean not null default false,
    epoch bigint not null default 1,
    min_epoch bigint not null default 1,
    system boolean not null default false,
    deleted boolean not null default false,
    revision bigint not null,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint account_system check (system = (id = '00000000-0000-0000-0000-000000000000')),
    constraint account_system_stays check (not system or (active and all_domains and not deleted)),
    constraint account_epochs check (1 <= min_epoch and min_epoch <= epoch)
);
create unique index account_email on account (lower(email)) where not deleted;
create unique index account_external_id on account (external_id) where not deleted;
create index account_list on account (name, id) where not deleted;
create index account_revision on account (revision);

create table account_role (
    account uuid not null references account,
    role text collate "C" not null,
    role_deleted boolean not null default false check (not role_deleted),
    primary key (account, role),
    constraint account_role_role foreign key (role, role_deleted) references role (name, deleted)
);
create index account_role_users on account_role (role);

create table account_domain (
    account uuid not null references account,
    domain text collate "C" not null,
    domain_deleted boolean not null default false check (not domain_deleted),
    primary key (account, domain),
    constraint account_domain_domain foreign key (domain, domain_deleted) references domain (name, deleted)
);
create index account_domain_users on account_domain (domain);

-- The system user, under whom the product's own components act. `policy bootstrap` gives it the product's domain.
insert into account (id, email, name, all_domains, system, revision, created_at, created_by, updated_at, updated_by)
values (
    '00000000-0000-0000-0000-000000000000', 'system@example.com', 'System', true, true, 0,
    now(), '00000000-0000-0000-0000-000000000000', now(), '00000000-0000-0000-0000-000000000000'
);

-- The general IP list: its revision, which stays when the list is empty; its entries as they were saved; and the same addresses as
-- sorted disjoint ranges of 128 bits, IPv4 as ::ffff:a.b.c.d, for `low <= $ip order by low desc limit 1`, then `high >= $ip`.

create table network_list (
    one boolean primary key default true check (one),
    revision bigint not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
insert into network_list (revision, updated_at, updated_by) values (0, now(), '00000000-0000-0000-0000-000000000000');

create table network (
    position integer primary key,
    range text not null unique,
    note text not null
);

create table network_range (
    low bytea primary key check (octet_length(low) = 16),
    high bytea not null check (octet_length(high) = 16),
    revision bigint not null,
    check (low <= high)
);

-- The processes that decide, each with its lease and with what it has applied. `ttl_ms` is set at join; whoever waits goes by it.

create table replica (
    id uuid primary key,
    state text not null check (state in ('joining', 'active')),
    ttl_ms integer not null check (ttl_ms > 0),
    renewals bigint not null default 0,
    applied_registry bigint not null default 0,
    applied_policy bigint not null default 0,
    applied_token bigint not null default 0,
    joined_at timestamptz not null default now()
) with (fillfactor = 50);

-- What is published.

create view published_head as
select incarnation, revision from head;

create view published_users as
select
    id, email, name, active, system,
    array(
        select distinct p.permission
        from account_role r join role_permission p on p.role = r.role
        where r.account = a.id
        order by p.permission
    )::text[] as permissions,
    all_domains,
    array(select d.domain from account_domain d where d.account = a.id order by d.domain)::text[] as domains,
    epoch, min_epoch, deleted, revision
from account a;

create view published_networks as
select null::text as client_id, low, high, revision from network_range;

-- Whether the general list, where there is one, reaches the address; called for a list that is not empty (see the registry's).
create function published_networks_allow(address bytea) returns boolean stable language plpgsql as $$
begin
    return coalesce(
        (select r.high >= address from policy.published_networks r where r.low <= address order by r.low desc limit 1),
        false);
end
$$;

create view published_catalogue as
select 'scope' as kind, name, words from scope
union all
select 'permission', name, words from permission where listed
union all
select 'scope_permission', scope, permission from scope_permission
union all
select 'internal_kind', rule ->> 'kind', '' from catalogue, jsonb_array_elements(document -> 'internal_kinds') rule;

create view published_replicas as
select id, state, ttl_ms, renewals, applied_registry, applied_policy, applied_token from replica;

grant select on published_head to registry, token;
grant select on published_users, published_networks, published_catalogue, published_replicas to registry, token;

-- What `policy serve` may do.

grant select, update (revision) on head to policy;
grant select, insert, delete on outbox to policy;
grant select, update on catalogue to policy;
grant select, insert, update, delete on scope, permission, scope_permission to policy;
grant select, insert, update on account, role, domain to policy;
grant select, insert, delete on account_role, account_domain, role_permission to policy;
grant select, update (revision, updated_at, updated_by) on network_list to policy;
grant select, insert, delete on network, network_range to policy;
grant select, insert, update, delete on replica to policy;
grant select on published_head, published_users, published_networks, published_catalogue, published_replicas to policy;

reset search_path;
