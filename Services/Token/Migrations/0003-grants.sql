-- Grants: what users have let applications do in their names; the codes by which applications fetch them; pushed requests.
--
-- Each row lies in the partition of the stretch of time in which it ends (`bucket`, counted since 1970), and goes with it: nothing is
-- swept. The partitions are made and dropped by `serve`, with the owner's login. No change of these tables bumps the head, but the end of
-- a grant: it has a row in `revocation`, which replicas hold.

set search_path = token;

-- One row for each exchanged code: the consent, and the state of its family of refresh tokens. A bucket is thirty days.
create table consent (
    id uuid not null,
    bucket integer not null,
    user_id uuid not null,
    client_id text collate "C" not null,
    scopes text[] not null,
    -- what the user agreed to beside the scopes: asked again when it is another
    redirect_uri text collate "C" not null,
    shown bytea not null,
    -- of the application and of the user, when the user agreed
    epoch bigint not null,
    user_epoch bigint not null,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    -- the refresh token that is good now: how many came before it, its digest, since when
    generation bigint not null check (generation > 0),
    digest bytea not null check (octet_length(digest) = 32),
    rotated_at timestamptz not null,
    -- unless it is used before
    expires_at timestamptz not null,
    -- even if it is used
    ends_at timestamptz not null,
    -- revoked
    ended_at timestamptz,
    primary key (id, bucket)
) partition by list (bucket);
create index consent_user on consent (user_id) where ended_at is null;
create index consent_client on consent (client_id) where ended_at is null;

-- What a user has agreed to, until the application fetches it. Used codes stay with the others, so that a second use is seen. A bucket is
-- a day.
create table code (
    digest bytea not null check (octet_length(digest) = 32),
    bucket integer not null,
    -- of the grant that it gives
    consent uuid not null,
    user_id uuid not null,
    client_id text collate "C" not null,
    scopes text[] not null,
    redirect_uri text collate "C" not null,
    challenge bytea not null check (octet_length(challenge) = 32),
    shown bytea not null,
    epoch bigint not null,
    user_epoch bigint not null,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    ends_at timestamptz not null,
    used_at timestamptz,
    primary key (digest, bucket)
) partition by list (bucket);

-- Authorization requests that applications have pushed (RFC 9126); gone when they are used. A bucket is a day.
create table pushed_request (
    digest bytea not null check (octet_length(digest) = 32),
    bucket integer not null,
    client_id text collate "C" not null,
    -- as it was sent, without what authenticated the client
    parameters jsonb not null,
    expires_at timestamptz not null,
    primary key (digest, bucket)
) partition by list (bucket);

-- What is published, beside what was: grants that were not ended one by one. (Epochs end them, too; those are others' to know.)
create or replace view published_usage as
select
    client_id, last_used_at,
    (select count(*) from consent c where c.client_id = u.client_id and c.ended_at is null and c.expires_at > now())
        as live_grants
from usage u;

-- What `token serve` may do.

grant select, insert, update on consent, code to token;
grant select, insert, delete on pushed_request to token;

reset search_path;
