-- The schema `audit`: the log, how far the topics have been read into it, and what could not be read.

set search_path = audit;

-- One writer. Whoever takes the leader's lock raises `term`, and every batch begins by locking this row where the term
-- is still its own: a zombie cannot write, batches commit in the order of their sequences, and those have no holes.
create table log_head (
    one boolean primary key default true check (one),
    term bigint not null default 0,
    sequence bigint not null default 0,
    -- What happened until then and reached Kafka stands in the log.
    complete_until timestamptz
) with (fillfactor = 20);
insert into log_head default values;

-- Where to read on; Kafka keeps no position of ours, and positions mean nothing in another cluster.
-- Null: nothing was read yet, so at the beginning.
create table consumer_offset (
    cluster text not null,
    topic text not null,
    partition integer not null,
    next_offset bigint,
    primary key (cluster, topic, partition)
) with (fillfactor = 20);

-- What happened. Ids are UUIDv7, so partitions by id are partitions by time, and an id is unique in all of them.
-- `serve` makes partitions ahead and drops old ones; there is no default partition, whose scan would stall both.
create table event (
    event_id uuid primary key,
    sequence bigint not null,
    time timestamptz not null,
    type text not null,
    user_id uuid,
    client_id text,
    operation text not null,
    object_type text not null,
    outcome text not null,
    ip bytea check (octet_length(ip) = 16),
    -- What `q` searches, in lower case.
    words text not null,
    -- The members of the event's data. No person is named here, nor in `words`: see `person`.
    data jsonb not null
) partition by range (event_id);
create index event_sequence on event (sequence);
create index event_time on event (time, sequence);
create index event_user_sequence on event (user_id, sequence);
create index event_user_time on event (user_id, time, sequence);
create index event_client_sequence on event (client_id, sequence);
create index event_client_time on event (client_id, time, sequence);
create index event_operation_time on event (operation, time, sequence);
create index event_refused_sequence on event (outcome, sequence) where outcome <> 'allowed';
create index event_refused_time on event (outcome, time, sequence) where outcome <> 'allowed';

-- The names of persons stand beside the log and are joined when it is read: to erase one empties a row here, and no event.
create table person (
    user_id uuid primary key,
    name text not null,
    named_at timestamptz not null,
    erased boolean not null default false,
    check (not erased or name = '')
);

-- Records that are no events of ours, or that PostgreSQL refuses for what is in them, as they came.
create table dead_letter (
    position bigint generated always as identity primary key,
    cluster text not null,
    topic text not null,
    partition integer not null,
    kafka_offset bigint not null,
    key bytea,
    value bytea,
    reason text not null,
    buried_at timestamptz not null default now(),
    unique (cluster, topic, partition, kafka_offset)
);

-- What goes to the public topic, in the order of the log.
create table outbox (
    position bigint generated always as identity primary key,
    id uuid not null unique,
    aggregatetype text not null,
    aggregateid text not null,
    type text not null,
    revision bigint,
    payload jsonb not null
);

-- What is published.

create view published_calls as
select event_id, time, user_id, client_id, outcome, ip, data ->> 'reason' as reason, (data ->> 'count')::bigint as count,
       data -> 'objects' as objects, data -> 'request' as request
from event where operation in ('CALL', 'BLOCK');

grant select on published_calls to policy;

-- What `audit serve` may do: add to the log, never change it.

grant select, update (term, sequence, complete_until) on log_head to audit;
grant select, insert, update (next_offset) on consumer_offset to audit;
grant select, insert on event to audit;
grant select, insert, update (name, named_at) on person to audit;
grant select, insert on dead_letter to audit;
grant select, insert, delete on outbox to audit;

reset search_path;
