import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What was buried.
struct DeadLetterStore {
    static let bury = Statement(
        """
        insert into audit.dead_letter (cluster, topic, partition, kafka_offset, key, value, reason)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
        """)
    static let next = Statement(
        "select position, value from audit.dead_letter where position > $1 order by position limit 100"
    ) { DeadLetter(position: try $0.int8(), value: try $0.optionalBytea()) }
    static let raise = Statement("delete from audit.dead_letter where position = any ($1) returning 1") {
        try $0.int4()
    }

    /// What the log would not take any more.
    static let forget = Statement("delete from audit.dead_letter where buried_at < $1")

    let connection: Connection

    func bury(_ reading: Reading, from cluster: String) async throws {
        let record = reading.record
        try await connection.query(
            Self.bury, .text(cluster), .text(record.topic), .int4(record.partition.number), .int8(record.offset),
            .bytea(record.key), .bytea(record.value), .text(reading.refusal))
    }

    /// Some, in the order of their burial.
    func next(after position: Int64) async throws -> [DeadLetter] {
        try await connection.query(Self.next, .int8(position))
    }

    func forget(before time: Timestamp) async throws {
        try await connection.query(Self.forget, .timestamp(time))
    }

    /// How many of them were still there.
    func raise(_ positions: [Int64]) async throws -> Int {
        try await connection.query(Self.raise, .int8s(positions)).count
    }
}
