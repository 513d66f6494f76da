-- The public keys by which a client proves itself in place of its secret (`private_key_jwt`): a JWK set, or null.

set search_path = registry;

-- The rule lets in public keys only; should it ever fail, no private one of a kind that we take gets past the table.
alter table application add column jwks jsonb
    constraint application_jwks check (jsonb_typeof(jwks -> 'keys') = 'array' and not jwks @? '$.keys[*].d');

create or replace view published_credentials as
select
    client_id, name, website_url, redirect_uris, flow, scopes,
    case when flow = 'client_credentials' then run_as end as run_as,
    enabled, epoch, min_epoch, secret_hmac, pepper_id, restricted, jwks
from application
where not deleted;

reset search_path;
