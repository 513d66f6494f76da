-- The roles and schemas of the four services: once, in their database, by a superuser, before any migration (so that
-- those may run in any order). It may run again. Passwords are the operator's to set: alter role registry password '…'.
--
-- <service>_owner owns the service's schema: it migrates, and makes partitions.
-- <service>       is what `serve` logs in as: it owns nothing, and has what migrations grant it.

do $$
declare
    service text;
    role text;
begin
    foreach service in array array['registry', 'token', 'policy', 'audit'] loop
        foreach role in array array[service, service || '_owner'] loop
            begin
                execute format('create role %I login', role);
            exception when duplicate_object or unique_violation then
                null;
            end;
            execute format('grant connect on database %I to %I', current_database(), role);
        end loop;
        -- What is published to a service, its host commands (bootstrap) may read as well.
        execute format('grant %I to %I', service, service || '_owner');
        execute format('create schema if not exists %I authorization %I', service, service || '_owner');
        execute format('grant usage on schema %I to %I', service, service);
    end loop;
    execute format('revoke all on database %I from public', current_database());
end
$$;

-- Parts of names are found by their trigrams (registry). It comes with PostgreSQL's own contributed modules.
create extension if not exists pg_trgm with schema public;

-- Who may look into whose schema; there, only at the views named published_… that its migrations grant.
grant usage on schema registry to token, policy;
grant usage on schema policy to registry, token;
grant usage on schema token to registry, policy;
grant usage on schema audit to policy;
