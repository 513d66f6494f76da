import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePostgres

/// A row of an outbox: a record that its topic has not acknowledged yet.
struct OutboxRow: Sendable {
    let position: Int64
    let made: Timestamp
    let record: Record
}

/// The outbox of one service's schema.
struct OutboxStore: Sendable {
    /// Records in one batch of the relay.
    static let batch = 500

    private let stand: Statement<Standing>
    private let oldest: Statement<OutboxRow>
    private let delete: Statement<Void>
    private let insert: Statement<Void>

    init(schema: String) {
        // The key of the lock is the schema's name: any number that only this relay uses.
        stand = Statement(
            """
            select pg_try_advisory_lock(hashtextextended('gatehouse outbox \(schema)', 0)),
                   (select id from \(schema).outbox order by position limit 1)
            """
        ) { row in
            let isElected = try row.bool()
            return Standing(isElected: isElected, oldest: try row.optionalID(of: Event.self)?.time)
        }
        oldest = Statement(
            """
            select position, id, aggregatetype, aggregateid, type, payload ->> 'traceparent', payload
            from \(schema).outbox order by position limit \(Self.batch)
            """
        ) { row in
            let position = try row.int8()
            let id = try row.id(of: Event.self)
            let topic = "gatehouse.\(try row.text()).v1"
            let key = Array(try row.text().utf8)
            var headers = [
                Header("content-type", Array("application/cloudevents+json".utf8)),
                Header("ce_id", Array(id.text.utf8)),
                Header("ce_type", Array(try row.text().utf8)),
            ]
            if let traceparent = try row.optionalText() {
                headers.append(Header("traceparent", Array(traceparent.utf8)))
            }
            return OutboxRow(
                position: position, made: id.time,
                record: Record(topic: topic, key: key, value: try row.jsonb(), headers: headers))
        }
        delete = Statement("delete from \(schema).outbox where position = any ($1)")
        insert = Statement(
            """
            insert into \(schema).outbox (id, aggregatetype, aggregateid, type, payload)
            select (fact -> 'event' ->> 'id')::uuid, fact ->> 'aggregatetype', fact ->> 'aggregateid', fact -> 'event' ->> 'type', fact -> 'event'
            from jsonb_array_elements($1) with ordinality as facts (fact, n) order by n
            on conflict (id) do nothing
            """)
    }

    var samples: [StatementSample] {
        [
            StatementSample(stand), StatementSample(oldest), StatementSample(delete, [.int8s([])]),
            StatementSample(insert, [.jsonb(Array("[]".utf8))]),
        ]
    }

    /// Stands for leader: who is elected stays so until the connection ends.
    func stand(_ connection: Connection) async throws -> Standing {
        guard let standing = try await connection.query(stand).first else {
            throw PostgresError.decoding("an election without a result")
        }
        return standing
    }

    struct Standing: Sendable {
        let isElected: Bool
        /// When the oldest row was made; nil when nothing waits.
        let oldest: Timestamp?
    }

    func oldest(_ connection: Connection) async throws -> [OutboxRow] {
        try await connection.query(oldest)
    }

    func delete(_ rows: some Sequence<OutboxRow>, _ connection: Connection) async throws {
        _ = try await connection.query(delete, .int8s(rows.map(\.position)))
    }

    /// Facts without a change, on the shared lane.
    func insert(_ facts: [OutgoingFact], _ postgres: Postgres) async throws {
        _ = try await postgres.query(insert, .jsonb(facts.json.bytes))
    }
}

extension ID {
    /// When it was made: the first 48 bits of a UUIDv7 count milliseconds (RFC 9562 §5.7).
    var time: Timestamp { Timestamp(microseconds: Int64(hi >> 16) * 1000) }
}
