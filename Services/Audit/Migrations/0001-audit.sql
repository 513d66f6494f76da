-- The schema `audit`: the log, written by one writer at a time from the topics of the others, and where it has read to.

set search_path = audit;

-- The writer's fence and the log's end: taking the lead raises `term`, and a batch moves `sequence` only under its own.
create table log_head (
    one boolean primary key default true check (one),
    sequence bigint not null default 0,
    term bigint not null default 0,
    -- everything that was on the topics at this moment is in the log
    complete_until timestamptz not null default '-infinity'
);
insert into log_head default values;

-- Where each partition goes on: these offsets decide, nothing is committed to Kafka. They mean nothing in another cluster.
create table consumer_offset (
    topic text collate "C" not null,
    partition integer not null,
    cluster text not null,
    next_offset bigint not null,
    primary key (topic, partition)
);

-- An event is kept without names: those stand in `person`, and can be erased. Partitioned by id, which is a UUIDv7 and so by time.
create table event (
    event_id uuid not null,
    sequence bigint not null,
    time timestamptz not null,
    type text not null,
    user_id text,
    client_id text,
    operation text not null,
    object_type text not null,
    outcome text not null,
    reason text,
    ip text,
    data jsonb not null,
    primary key (event_id)
) partition by range (event_id);
create index event_sequence on event (sequence);
create index event_user on event (user_id, sequence);
create index event_client on event (client_id, sequence);
create index event_time on event (time, sequence);

-- The lowest UUIDv7 of a moment.
create function first_id(moment timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- A month's partition, if it is not there: made beside the log and attached, so that no reader waits.
create procedure make_partition(month date) language plpgsql as $$
declare
    name text := 'event_' || to_char(month, 'YYYYMM');
    low uuid := audit.first_id(month::timestamp at time zone 'UTC');
    high uuid := audit.first_id((month + interval '1 month')::timestamp at time zone 'UTC');
begin
    if to_regclass('audit.' || name) is not null then return; end if;
    execute format('create table audit.%I (like audit.event including defaults including constraints)', name);
    execute format('alter table audit.%I add constraint %I check (event_id >= %L and event_id < %L)', name, name || '_bounds', low, high);
    execute format('alter table audit.event attach partition audit.%I for values from (%L) to (%L)', name, low, high);
end
$$;

do $$
begin
    for ahead in -2 .. 2 loop
        call audit.make_partition((date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead))::date);
    end loop;
end
$$;

-- Names by id, joined when the log is read; an erased one stays empty.
create table person (
    id text primary key,
    name text not null,
    erased boolean not null default false
);

-- Records that cannot be read, or that PostgreSQL refuses for their content, with their original bytes.
create table dead_letter (
    id bigint generated always as identity primary key,
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    value bytea,
    reason text not null,
    at timestamptz not null default now()
);

-- What `audit serve` may do: the log can only grow.
grant select, update on log_head to audit;
grant select, insert, update on consumer_offset to audit;
grant select, insert on event to audit;
grant select, insert, update on person to audit;
grant select, insert on dead_letter to audit;

reset search_path;
