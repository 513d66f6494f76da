-- What is made once, however often it is asked for (04 § Idempotency): a claim for each Idempotency-Key, and what was answered.
--
-- Both are written by the statement that makes the change. They hold for a day; then a claim gives way to another, and is swept.

set search_path = registry;

create table idempotency (
    -- anew for each claim, though its key is the same
    id uuid not null,
    caller text collate "C" not null,
    route text collate "C" not null,
    key text collate "C" not null,
    -- SHA-256 of what the body said
    digest bytea not null check (octet_length(digest) = 32),
    made_at timestamptz not null,
    primary key (caller, route, key)
);
create index idempotency_made_at on idempotency (made_at);

-- A statement that has a claim and changes nothing breaks the constraint: so it leaves no claim either.
create table idempotency_answer (
    id uuid primary key,
    key_id text not null,
    -- the secret that was told
    sealed bytea not null,
    -- the changed row as it was shown: what stands in `application`, without the secret's hash
    snapshot jsonb,
    revision bigint,
    made_at timestamptz not null,
    constraint idempotency_answer_of_a_change check (revision is not null)
);
create index idempotency_answer_made_at on idempotency_answer (made_at);

grant select, insert, update, delete on idempotency, idempotency_answer to registry;

reset search_path;
