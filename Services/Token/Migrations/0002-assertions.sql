-- Assertions by which clients have authenticated (`private_key_jwt`): each is used once, whichever replica it is shown to (RFC 7523 §3).

set search_path = token;

create table used_assertion (
    client_id text collate "C" not null,
    -- SHA-256 of the `jti`, which its client makes as it likes
    jti bytea not null check (octet_length(jti) = 32),
    -- when it would have been refused by itself: at most some minutes from now
    expires_at timestamptz not null,
    primary key (client_id, jti)
);
create index used_assertion_expires_at on used_assertion (expires_at);

grant select, insert, delete on used_assertion to token;

reset search_path;
