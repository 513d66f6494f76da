import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// An event as a reader sees it: flat, with the names joined (03 § Audit).
struct LoggedEvent: Sendable {
    let sequence: Int64
    let time: Timestamp
    let json: JSON.Object
}

/// Reads the log.
struct EventStore {
    private static let columns = """
        e.sequence, e.event_id, e.time, e.type, e.data, e.user_id, u.name, e.client_id, a.name
        """
    private static let filtered = """
        from audit.event e left join audit.person u on u.id = e.user_id left join audit.person a on a.id = e.client_id
        where ($2::timestamptz is null or e.time >= $2) and ($3::timestamptz is null or e.time < $3)
          and ($4::text is null or e.user_id = $4) and ($5::text is null or e.client_id = $5)
          and ($6::text is null or e.operation = $6) and ($7::text is null or e.object_type = $7)
          and ($8::text is null or e.outcome = $8) and ($9::text is null or e.ip = $9)
          and ($10::text is null or e.data::text ilike $10 or u.name ilike $10 or a.name ilike $10)
          and (not $11 or e.outcome = 'allowed')
        """
    /// Ascending, after a sequence: numbers are given in the order of commits, so nothing is skipped, ever.
    static let recorded = Statement(
        "select \(columns) \(filtered) and e.sequence > $12 order by e.sequence limit $1",
        decode: LoggedEvent.init(row:))
    /// Newest first, before a moment and a sequence.
    static let byTime = Statement(
        """
        select \(columns) \(filtered) and ($12::timestamptz is null or (e.time, e.sequence) < ($12, $13))
        order by e.time desc, e.sequence desc limit $1
        """, decode: LoggedEvent.init(row:))
    static let completeUntil = Statement(
        "select extract(epoch from complete_until) > 0, complete_until from audit.log_head"
    ) {
        row in try row.bool() ? try row.timestamp() : nil as Timestamp?
    }

    let postgres: Postgres

    func recorded(_ filter: EventFilter, after sequence: Int64, limit: Int) async throws -> [LoggedEvent] {
        try await postgres.query(Self.recorded, Self.values(filter, limit) + [.int8(sequence)])
    }

    func byTime(_ filter: EventFilter, before: (Timestamp, Int64)?, limit: Int) async throws -> [LoggedEvent] {
        try await postgres.query(
            Self.byTime,
            Self.values(filter, limit) + [
                .timestamptz(microsSince1970: before?.0.microseconds), .int8(before?.1),
            ])
    }

    func completeUntil() async throws -> Timestamp? { try await postgres.query(Self.completeUntil).first ?? nil }

    private static func values(_ filter: EventFilter, _ limit: Int) -> [Value] {
        let text = filter.text.map { text in
            "%\(text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_"))%"
        }
        return [
            .int8(Int64(limit)), .timestamptz(microsSince1970: filter.from?.microseconds),
            .timestamptz(microsSince1970: filter.to?.microseconds), .text(filter.user), .text(filter.application),
            .text(filter.operation?.text), .text(filter.objectType?.text), .text(filter.outcome?.text),
            .text(filter.ip?.text), .text(text), .bool(filter.onlyDone),
        ]
    }
}

extension LoggedEvent {
    init(row: inout RowReader) throws {
        sequence = try row.int8()
        let id = try row.id(of: Event.self)
        time = try row.timestamp()
        let type = try row.text()
        let data = try JSON(parsing: row.jsonb()).object ?? [:]
        let user = (try row.optionalText(), try row.optionalText())
        let application = (try row.optionalText(), try row.optionalText())
        var json: JSON.Object = [
            "sequence": .integer(sequence), "id": id.json, "time": time.json, "type": .string(type),
        ]
        json["user"] = user.0.map { ["id": .string($0), "name": .string(user.1 ?? "")] }
        json["application"] = application.0.map { ["client_id": .string($0), "name": .string(application.1 ?? "")] }
        for (name, value) in data.members where json[name] == nil { json[name] = value }
        self.json = json
    }
}
