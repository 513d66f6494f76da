-- The public topic, which is written from the log itself. Sequences are given in the order of commits, so whoever reads behind one
-- misses nothing; a copy of each row in an outbox would only cost more.

set search_path = audit;

-- What an event says of itself beside its data. Null in what an earlier version wrote.
alter table event add column source text, add column subject text, add column traceparent text;

-- Until where the topic `gatehouse.audit.v1` has acknowledged the log. The intake's leader moves it, in its term alone.
-- What retention has dropped by now cannot be told any more: it begins with what there is.
create table publication (
    one boolean primary key default true check (one),
    term bigint not null default 0,
    sequence bigint not null
) with (fillfactor = 20);
insert into publication (sequence)
select coalesce((select min(sequence) - 1 from event), (select sequence from log_head));

grant select, update (term, sequence) on publication to audit;

-- No version has ever used it.
drop table outbox;

reset search_path;
