import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The log and its reading positions, as the one writer changes them.
struct LogStore {
    static let lock = Statement("select pg_try_advisory_lock(hashtextextended('gatehouse audit intake', 0))") {
        try $0.bool()
    }
    static let lead = Statement("update audit.log_head set term = term + 1 returning term") { try $0.int8() }
    static let fence = Statement("select sequence from audit.log_head where term = $1 for update") { try $0.int8() }
    static let offsets = Statement(
        "select topic, partition, next_offset from audit.consumer_offset where cluster = $1"
    ) { (Partition(try $0.text(), try $0.int4()), try $0.int8()) }
    static let advance = Statement(
        """
        insert into audit.consumer_offset as o (topic, partition, cluster, next_offset) values ($1, $2, $3, $5)
        on conflict (topic, partition) do update set cluster = excluded.cluster, next_offset = excluded.next_offset
        where (o.cluster = $3 and o.next_offset = $4) or (o.cluster <> $3 and $4 = 0)
        returning next_offset
        """
    ) { try $0.int8() }
    /// Known ids are passed over, and cost no number: the sequence has no gaps.
    static let append = Statement(
        """
        with batch as (
            select e, n from jsonb_array_elements($1) with ordinality as b (e, n)
            where not exists (select from audit.event known where known.event_id = (e ->> 'id')::uuid)
        ),
        named as (
            insert into audit.person as p (id, name)
            select distinct on (m.key) m.key, m.value from batch, jsonb_each_text(e -> 'names') m order by m.key, n desc
            on conflict (id) do update set name = excluded.name where not p.erased and p.name <> excluded.name
        ),
        added as (
            insert into audit.event
                (event_id, sequence, time, type, user_id, client_id, operation, object_type, outcome, reason, ip, data)
            select (e ->> 'id')::uuid, $2 + row_number() over (order by n), (e ->> 'time')::timestamptz, e ->> 'type', e ->> 'user',
                   e ->> 'client', e ->> 'operation', e ->> 'object_type', e ->> 'outcome', e ->> 'reason', e ->> 'ip', e -> 'data'
            from batch returning 1
        )
        update audit.log_head set sequence = sequence + (select count(*) from added) returning sequence
        """
    ) { try $0.int8() }
    static let bury = Statement(
        "insert into audit.dead_letter (topic, partition, record_offset, value, reason) values ($1, $2, $3, $4, $5)")
    static let complete = Statement("update audit.log_head set complete_until = $1 where term = $2")
}
