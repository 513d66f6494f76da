-- The resource directory: in which domains each object of the organisation's API lies. It is asked, by its key, at each decision that
-- depends on it; nothing of it is held in memory, so no change of it bumps the head.
--
-- Made for ten million rows: a row is its key and its domains, and says nothing else. That its domains exist is seen by locking their
-- rows (`for key share`) in the statement that writes, as a foreign key would; that a domain lies in use, by this table's index, once the
-- domain is locked against that.

set search_path = policy;

create table object (
    type text collate "C" not null,
    id text collate "C" not null,
    -- in order; '{}': global
    domains text[] collate "C" not null check (array_position(domains, null) is null),
    primary key (type, id)
);
-- Without a list of pending entries, which every look would read from end to end.
create index object_domains on object using gin (domains) with (fastupdate = off);

grant select, insert, update, delete on object to policy;

reset search_path;
