-- A large house, for plans and measurements: {applications} applications with {ranges} IP ranges each, and {users} users.
--
-- Names are made of a few letters, so that any two of them stand in many names, and any four in a few. Rows are right as they are: no
-- trigger need look at them.

set session_replication_role = replica;

create temporary table stamp on commit drop as
select now() as at, '00000000-0000-0000-0000-000000000000'::uuid as by;

create temporary table account_id on commit drop as
select n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id from generate_series(1, {users}) n;

-- Policy: 40 permissions in 20 roles, 200 domains; each user has two roles, and two domains or all.

insert into policy.permission select 'PERMISSION_' || n, '' from generate_series(1, 40) n;
insert into policy.role select 'Role ' || n, false, n, at, by, at, by from generate_series(1, 20) n, stamp;
insert into policy.role_permission
select 'Role ' || role, 'PERMISSION_' || permission
from generate_series(1, 20) role, generate_series(1, 40) permission
where (role * permission) % 5 = 0;
insert into policy.domain
select 'shop' || n || '.example.com', false, n, at, by, at, by from generate_series(1, 200) n, stamp;
insert into policy.account (
    id, email, name, active, all_domains, revision, created_at, created_by, updated_at, updated_by)
select id, 'user' || n || '@example.com', 'User ' || md5(n::text), n % 100 > 0, n % 10 = 0, 1000 + n, at, by, at, by
from account_id, stamp;
insert into policy.account_role
select id, 'Role ' || 1 + n % 20 from account_id union all select id, 'Role ' || 1 + (n + 7) % 20 from account_id;
insert into policy.account_domain
select id, 'shop' || 1 + (n + k * 77) % 200 || '.example.com' from account_id, generate_series(0, 1) k where n % 10 > 0;
insert into policy.network_range
select decode('00000000000000000000ffff0a' || lpad(to_hex(n), 4, '0') || '00', 'hex'),
    decode('00000000000000000000ffff0a' || lpad(to_hex(n), 4, '0') || 'ff', 'hex'), 1
from generate_series(0, 9999) n;
update policy.network_list set revision = 1;
update policy.head set revision = 1000 + {users};

-- Registry: a tenth with the code flow, a hundredth disabled; a common scope and a rare one; users with many applications and few.

insert into registry.application (
    client_id, name, name_key, description, defined_by, flow, redirect_uris, website_url, scopes, ip_ranges, run_as,
    enabled, secret_hmac, pepper_id, secret_hint, secret_created_at, secret_created_by, revision, created_at,
    created_by, updated_at, updated_by)
select
    md5('application ' || n), 'Shop ' || letters, 'shop ' || letters, 'A description of some words', 'user',
    case when n % 10 = 0 then 'authorization_code' else 'client_credentials' end,
    case when n % 10 = 0 then '{https://shop.example.com/callback}'::text[] else '{}' end,
    case when n % 10 = 0 then 'https://shop.example.com' end,
    '{read:segments,write:segments}'::text[] || case when n % 1000 = 0 then '{read:rare}'::text[] else '{}' end,
    (select jsonb_agg(jsonb_build_object('range', '10.' || n % 250 || '.' || k || '.0/24', 'note', 'office'))
        from generate_series(1, {ranges}) k),
    ('01900000-0000-7000-8000-' || lpad(to_hex(case when n % 4 = 0 then 1 else 1 + n % {users} end), 12, '0'))::uuid,
    n % 100 > 0, decode(repeat('00', 32), 'hex'), 'p', '…aaaa', at, by, n, at, by, at, by
from generate_series(1, {applications}) n, stamp,
    translate(md5(n::text), '0123456789', 'ghxqklmn12') letters;
insert into registry.application_range
select md5('application ' || n), decode('00000000000000000000ffff0a' || lpad(to_hex(n % 250 * 256 + k), 4, '0') || '00', 'hex'),
    decode('00000000000000000000ffff0a' || lpad(to_hex(n % 250 * 256 + k), 4, '0') || 'ff', 'hex'), n
from generate_series(1, {applications}) n, generate_series(1, {ranges}) k;
update registry.head set revision = {applications};

-- Token: tokens that ended before their time, and when each application was used.

insert into token.revocation
select 'token', '01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'), md5('application ' || n), at + interval '1 hour', n
from generate_series(1, {applications}) n, stamp;
insert into token.usage select md5('application ' || n), at from generate_series(1, {applications}) n, stamp;
update token.head set revision = {applications};

analyze;
