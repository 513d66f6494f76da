-- The schema `registry`: the applications, each with its secret, its epochs and its IP list, and what is published of them.
--
-- Every change bumps the head and stamps the rows it changes, all in one statement: so `where revision > applied` misses nothing. An
-- application is never deleted but marked: its client id is never another's. The product's own components (defined_by 'internal')
-- stand on the same list, and only the schema's owner may touch them.

set search_path = registry;

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

-- Applications. Of a secret, only its HMAC under a pepper stands here, and what may be shown of it. The IP list stands as it was saved,
-- [{"range", "note"}, …]; `application_range` has the same addresses as they are looked up.

create table application (
    client_id text collate "C" primary key,
    name text collate "C" not null,
    -- the name without its case: the same for names that people would take for one
    name_key text collate "C" not null,
    description text not null,
    defined_by text not null check (defined_by in ('user', 'internal')),
    component_kind text collate "C",
    component_name text collate "C",
    flow text not null check (flow in ('authorization_code', 'client_credentials')),
    redirect_uris text[] not null,
    website_url text,
    scopes text[] not null,
    ip_ranges jsonb not null check (jsonb_typeof(ip_ranges) = 'array'),
    restricted boolean not null generated always as (ip_ranges <> '[]') stored,
    run_as uuid,
    enabled boolean not null,
    -- a token is valid while its epoch is not below the minimum
    epoch bigint not null default 1,
    min_epoch bigint not null default 1,
    secret_hmac bytea,
    pepper_id text,
    secret_hint text not null,
    secret_generation bigint not null default 1,
    secret_created_at timestamptz not null,
    secret_created_by uuid not null,
    deleted boolean not null default false,
    revision bigint not null,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint application_client_id check (client_id ~ '^[A-Za-z0-9]{32}$'),
    constraint application_epochs check (1 <= min_epoch and min_epoch <= epoch),
    -- the hash of a live secret, and of no other
    constraint application_secret check (
        (secret_hmac is null) = deleted and (pepper_id is null) = deleted and octet_length(secret_hmac) = 32
    ),
    constraint application_user_defined check (
        defined_by <> 'user' or (
            component_kind is null and component_name is null and cardinality(scopes) > 0
            and run_as is distinct from '00000000-0000-0000-0000-000000000000'
            and (flow <> 'client_credentials' or run_as is not null)
            and (flow <> 'authorization_code' or (cardinality(redirect_uris) > 0 and website_url is not null))
        )
    ),
    constraint application_internal check (
        defined_by <> 'internal' or (
            component_kind is not null and component_name is not null and cardinality(scopes) = 0
            and run_as is not distinct from '00000000-0000-0000-0000-000000000000' and flow = 'client_credentials'
        )
    )
);
create unique index application_name_key on application (name_key) where not deleted;
create unique index application_component on application (component_kind, component_name) where not deleted;
create index application_revision on application (revision);

-- The list is in the order of names, and each of its filters has an index for what is rare.
create index application_list on application (name, client_id) include (name_key) where not deleted;
create index application_internal on application (name, client_id) where not deleted and defined_by = 'internal';
create index application_disabled on application (name, client_id) where not deleted and not enabled;
create index application_flow on application (flow, name, client_id) where not deleted;
create index application_run_as on application (run_as, name, client_id) where not deleted;
create index application_scopes on application using gin (scopes) where not deleted;
create index application_words on application using gin (name_key public.gin_trgm_ops) where not deleted;

-- The addresses of an IP list as sorted disjoint ranges of 128 bits, IPv4 as ::ffff:a.b.c.d, for
-- `client_id = $1 and low <= $ip order by low desc limit 1`, then `high >= $ip`. A list is replaced as a whole, with one revision.

create table application_range (
    client_id text collate "C" not null references application,
    low bytea not null check (octet_length(low) = 16),
    high bytea not null check (octet_length(high) = 16),
    revision bigint not null,
    primary key (client_id, low),
    check (low <= high)
);

-- Internal applications are made and removed with their components, on the host. `serve` can do neither.

create function keep_internal_applications() returns trigger language plpgsql as $$
begin
    if not pg_has_role(current_user, 'registry_owner', 'member') then
        raise exception 'an internal application is read-only for %', current_user
            using errcode = 'insufficient_privilege', table = tg_table_name, constraint = 'application_internal';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end
$$;

create trigger internal_is_not_made before insert on application
for each row when (new.defined_by = 'internal') execute function keep_internal_applications();

create trigger internal_is_not_changed before update on application
for each row when ('internal' in (old.defined_by, new.defined_by)) execute function keep_internal_applications();

create trigger internal_is_not_removed before delete on application
for each row when (old.defined_by = 'internal') execute function keep_internal_applications();

-- What is published. A run-as user counts only where the flow has one.

create view published_head as
select incarnation, revision from head;

create view published_applications as
select
    client_id, name, defined_by, component_kind, flow, scopes,
    case when flow = 'client_credentials' then run_as end as run_as,
    enabled, epoch, min_epoch, deleted, revision
from application;

create view published_credentials as
select
    client_id, name, website_url, redirect_uris, flow, scopes,
    case when flow = 'client_credentials' then run_as end as run_as,
    enabled, epoch, min_epoch, secret_hmac, pepper_id, restricted
from application
where not deleted;

create view published_ranges as
select client_id, low, high, revision from application_range;

-- Whether the list of an application that has one reaches the address. A function, so that whoever reads an application without a list
-- pays nothing for it; it sees what the statement around it sees.
create function published_ranges_allow(client text, address bytea) returns boolean stable language plpgsql as $$
begin
    return coalesce(
        (select r.high >= address from registry.published_ranges r
         where r.client_id = client and r.low <= address order by r.low desc limit 1), false);
end
$$;

grant select on published_head, published_ranges to token, policy;
grant select on published_credentials to token;
grant select on published_applications to policy;

-- What `registry serve` may do.

grant select, update (revision) on head to registry;
grant select, insert, delete on outbox to registry;
grant select, insert, update on application to registry;
grant select, insert, update, delete on application_range to registry;
grant select on published_head, published_applications, published_credentials, published_ranges to registry;

reset search_path;
