-- The schema `token`: signing keys, revocations, last-used times, and what they publish.

set search_path = token;

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

-- The private half is sealed (AES-256-GCM, the kid as additional data) under a key that the database never sees.
-- A key signs from `use_from` until its successor does, and verifies until `expires_at`; null: it has no successor yet.
create table signing_key (
    kid text primary key,
    jwk jsonb not null,
    sealed bytea not null,
    use_from timestamptz not null,
    expires_at timestamptz,
    deleted boolean not null default false,
    revision bigint not null
);
create index signing_key_revision on signing_key (revision);

-- Single tokens and grants that ended before their time; kept until they would have ended by themselves.
create table revocation (
    kind text not null check (kind in ('token', 'grant')),
    id text not null,
    client_id text not null,
    expires_at timestamptz not null,
    revision bigint not null,
    primary key (id, kind)
);
create index revocation_revision on revocation (revision);
create index revocation_expires_at on revocation (expires_at);

-- In the registry's collation, or its joins would find no index.
create table usage (
    client_id text collate "C" primary key,
    last_used_at timestamptz not null
) with (fillfactor = 70);

-- What is published.

create view published_head as
select incarnation, revision from head;

create view published_keys as
select kid, jwk, use_from, expires_at, deleted, revision from signing_key;

create view published_revocations as
select kind, id, client_id, expires_at, revision from revocation;

create view published_usage as
select client_id, last_used_at from usage;

grant select on published_head to registry, policy;
grant select on published_keys, published_revocations to policy;
grant select on published_usage to registry;

-- What `token serve` may do.

grant select, update (revision) on head to token;
grant select, insert, delete on outbox to token;
grant select, insert, update on signing_key to token;
grant select, insert, delete on revocation to token;
grant select, insert, update on usage to token;

reset search_path;
