public import GatehouseModel
public import GatehousePostgres

/// How the model's values stand in columns.
extension Value {
    public static func id<Entity>(_ id: ID<Entity>) -> Value { .uuid(hi: id.hi, lo: id.lo) }
    public static func user(_ id: UserID?) -> Value { .uuid(id.map { UInt128($0.hi) << 64 | UInt128($0.lo) }) }
    public static func timestamp(_ timestamp: Timestamp) -> Value {
        .timestamptz(microsSince1970: timestamp.microseconds)
    }
    public static func revision(_ revision: Revision) -> Value { .int8(revision.number) }
    /// `Text` columns hold the canonical text.
    public static func text(_ value: some TextValue) -> Value { .text(value.text) }
}

extension RowReader {
    public mutating func id<Entity>(of entity: Entity.Type = Entity.self) throws(PostgresError) -> ID<Entity> {
        let bits = try uuid()
        return ID(hi: UInt64(truncatingIfNeeded: bits >> 64), lo: UInt64(truncatingIfNeeded: bits))
    }

    public mutating func optionalID<Entity>(of entity: Entity.Type = Entity.self) throws(PostgresError) -> ID<Entity>? {
        guard let bits = try optionalUUID() else { return nil }
        return ID(hi: UInt64(truncatingIfNeeded: bits >> 64), lo: UInt64(truncatingIfNeeded: bits))
    }

    public mutating func user() throws(PostgresError) -> UserID {
        let bits = try uuid()
        return UserID(hi: UInt64(truncatingIfNeeded: bits >> 64), lo: UInt64(truncatingIfNeeded: bits))
    }

    public mutating func optionalUser() throws(PostgresError) -> UserID? {
        guard let bits = try optionalUUID() else { return nil }
        return UserID(hi: UInt64(truncatingIfNeeded: bits >> 64), lo: UInt64(truncatingIfNeeded: bits))
    }

    public mutating func timestamp() throws(PostgresError) -> Timestamp { Timestamp(microseconds: try timestamptz()) }

    public mutating func optionalTimestamp() throws(PostgresError) -> Timestamp? {
        try optionalTimestamptz().map(Timestamp.init(microseconds:))
    }

    public mutating func revision() throws(PostgresError) -> Revision { Revision(try int8()) }

    /// A text that the database keeps in its canonical form already.
    public mutating func value<Text: TextValue>(_ type: Text.Type = Text.self) throws(PostgresError) -> Text {
        let text = try text()
        do { return try Text(text) } catch { throw .decoding("'\(text)' is no \(Text.self)") }
    }
}
