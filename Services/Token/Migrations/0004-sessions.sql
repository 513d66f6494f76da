-- People: their passwords, the links by which they first set one, and the sessions of their browsers.
--
-- None of it is held by policy in memory, so no change of it bumps the head: sessions are read at each decision (04 § Heads).

set search_path = token;

create table password (
    user_id uuid primary key,
    -- with the parameters by which it was made
    hash text not null,
    -- Sessions of before are dead: it is raised by another password, and by signing out everywhere.
    epoch bigint not null default 1,
    changed_at timestamptz not null,
    changed_by uuid not null
);

-- One for each user: another voids the one before, and its use ends it.
create table invitation (
    user_id uuid primary key,
    -- SHA-256 of what the link holds
    digest bytea not null unique check (octet_length(digest) = 32),
    made_at timestamptz not null,
    made_by uuid not null,
    expires_at timestamptz not null
);
create index invitation_expires_at on invitation (expires_at);

-- A row is never moved to another user, nor its digest changed: who signs in gets another.
create table session (
    -- SHA-256 of what the cookie holds
    digest bytea primary key check (octet_length(digest) = 32),
    user_id uuid not null,
    -- the user's epoch, and the password's, when it began
    uep bigint not null,
    epoch bigint not null,
    created_at timestamptz not null,
    idle_until timestamptz not null,
    expires_at timestamptz not null
);
create index session_expires_at on session (expires_at);

-- Those whose password is still the one that they began with; when they end, unless they are used before.
create view published_sessions as
select s.digest, s.user_id, s.uep, least(s.idle_until, s.expires_at) as expires_at
from session s join password p on p.user_id = s.user_id and p.epoch = s.epoch;

grant select on published_sessions to policy;

grant select, insert, update (hash, epoch, changed_at, changed_by) on password to token;
grant select, insert, update (digest, made_at, made_by, expires_at), delete on invitation to token;
grant select, insert, update (idle_until), delete on session to token;

reset search_path;
