import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The log as its one writer changes it.
struct LogWriterStore {
    static let lock = Statement("select pg_try_advisory_lock(hashtextextended('gatehouse audit intake', 0))") {
        try $0.bool()
    }
    static let lead = Statement("update audit.log_head set term = term + 1 returning term, sequence") {
        (term: try $0.int8(), sequence: try $0.int8())
    }
    static let clusters = Statement("select distinct cluster from audit.consumer_offset") { try $0.text() }
    static let offsets = Statement("select topic, partition, next_offset from audit.consumer_offset where cluster = $1")
    {
        (Partition(try $0.text(), try $0.int4()), try $0.optionalInt8().map(Position.at) ?? .beginning)
    }
    static let open = Statement(
        """
        insert into audit.consumer_offset (cluster, topic, partition)
        select $1, topic, partition from unnest($2::text[], $3::int[]) as new (topic, partition) on conflict do nothing
        """)
    /// The first of each batch: none may write before it has ended, and none of another term may write at all.
    static let fence = Statement("select sequence from audit.log_head where term = $1 for update") { try $0.int8() }
    /// The same, for whoever is no writer.
    static let hold = Statement("select sequence from audit.log_head for update") { try $0.int8() }
    /// Touches a row for each partition whose position is where the batch was fetched from.
    static let advance = Statement(
        """
        update audit.consumer_offset o set next_offset = batch.next
        from unnest($2::text[], $3::int[], $4::int8[], $5::int8[]) as batch (topic, partition, was, next)
        where o.cluster = $1 and o.topic = batch.topic and o.partition = batch.partition
          and o.next_offset is not distinct from batch.was
        """)
    /// Known events are passed over and cost no number, so there are no gaps. Nothing comes back if others wrote, too.
    ///
    /// `offset 0`: each id is looked up in its partition's index; a join would be planned for the whole log.
    static let append = Statement(
        """
        with batch as (
            select * from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                                 $9::text[], $10::bytea[], $11::text[], $12::jsonb[], $13::text[], $14::text[], $15::text[])
                with ordinality as b (event_id, time, type, user_id, client_id, operation, object_type, outcome, ip, words,
                                      data, source, subject, traceparent, place)),
        fresh as (
            select b.*, $1 + row_number() over (order by place) as sequence from batch b
            where not exists (select from audit.event e where e.event_id = b.event_id offset 0)),
        added as (
            insert into audit.event (event_id, sequence, time, type, user_id, client_id, operation, object_type, outcome, ip,
                                     words, data, source, subject, traceparent)
            select event_id, sequence, time, type, user_id, client_id, operation, object_type, outcome, ip, words, data,
                   source, subject, traceparent
            from fresh order by sequence on conflict (event_id) do nothing returning 1)
        update audit.log_head set sequence = $1 + (select count(*) from added)
        where sequence = $1 and (select count(*) from added) = (select count(*) from fresh)
        returning sequence
        """
    ) { try $0.int8() }
    /// The newest name wins, whatever comes late; an erased one is never filled again.
    static let name = Statement(
        """
        insert into audit.person as p (user_id, name, named_at)
        select * from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n (user_id, name, named_at)
        on conflict (user_id) do update set name = excluded.name, named_at = excluded.named_at
        where not p.erased and p.named_at < excluded.named_at
        """)
    /// Nothing comes back when the term is over.
    static let complete = Statement(
        "update audit.log_head set complete_until = greatest(complete_until, $1) where term = $2 returning 1"
    ) { try $0.int4() }

    let connection: Connection

    /// Where the log ends, until the transaction does.
    func fence(term: Int64) async throws -> Int64 {
        guard let base = try await connection.query(Self.fence, .int8(term)).first else { throw Interruption.deposed }
        return base
    }

    func hold() async throws -> Int64 { try await connection.query(Self.hold).first ?? 0 }

    /// Adds what is new of these events, each of which stands here once; returns where the log ends now.
    func append(_ entries: [LogEntry], after base: Int64) async throws -> Int64 {
        guard !entries.isEmpty else { return base }
        let end = try await connection.query(Self.append, [.int8(base)] + Self.columns(entries)).first
        guard let end else { throw Interruption.foreign }
        return end
    }

    func name(_ news: [(user: UserID, name: Names.Name)]) async throws {
        guard !news.isEmpty else { return }
        try await connection.query(
            Self.name, .uuids(news.map { UInt128($0.user.hi) << 64 | UInt128($0.user.lo) }),
            .texts(news.map(\.name.text)), .timestamptzs(microsSince1970: news.map(\.name.at.microseconds)))
    }

    static func columns(_ entries: [LogEntry]) -> [Value] {
        [
            .uuids(entries.map { UInt128($0.id.hi) << 64 | UInt128($0.id.lo) }),
            .timestamptzs(microsSince1970: entries.map(\.time.microseconds)), .texts(entries.map(\.type)),
            .uuids(entries.map { $0.user.map { UInt128($0.hi) << 64 | UInt128($0.lo) } }),
            .texts(entries.map(\.client?.text)), .texts(entries.map(\.operation)), .texts(entries.map(\.objectType)),
            .texts(entries.map(\.outcome)), .byteas(entries.map(\.ip?.bytes)), .texts(entries.map(\.words)),
            .jsonbs(entries.map(\.data)), .texts(entries.map(\.source)), .texts(entries.map(\.subject)),
            .texts(entries.map(\.traceparent?.text)),
        ]
    }
}
