import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// An event as it stands in the log.
struct LoggedEvent: Sendable {
    static let columns =
        "e.sequence, e.event_id, e.time, e.type, e.source, e.subject, e.traceparent, e.user_id, e.object_type, e.data"
    /// The members of an audit event, in the order of 03.
    static let members = [
        "user", "application", "operation", "object_type", "objects", "outcome", "reason", "ip", "count", "changes",
    ]

    let sequence: Int64
    let id: ID<Event>
    let time: Timestamp
    let type: String
    let source: String
    let subject: String
    let traceparent: Traceparent?
    let user: UserID?
    let arePersons: Bool
    let data: JSON.Object

    init(row: inout RowReader) throws {
        sequence = try row.int8()
        id = try row.id()
        time = try row.timestamp()
        let type = try row.text()
        self.type = type
        // An earlier version kept the type alone.
        source = try row.optionalText() ?? (EventType(name: type)?.topic.owner ?? .audit).source
        let subject = try row.optionalText()
        traceparent = try row.optionalText().flatMap { try? Traceparent($0) }
        user = try row.optionalUser()
        arePersons = try row.text() == ObjectType.user.text
        data = try JSON(parsing: row.jsonb()).object ?? [:]
        self.subject = subject ?? data["objects"]?.array?.first?["id"]?.string ?? id.text
    }

    var place: EventPlace { EventPlace(sequence: sequence, time: time) }

    /// Who is named in it.
    var persons: [UserID] {
        let objects = arePersons ? data["objects"]?.array ?? [] : []
        return [user].compactMap(\.self) + objects.compactMap { $0["id"]?.string.flatMap { try? UserID($0) } }
    }

    /// Flat: `sequence`, `id`, `time`, `type` and the trace beside the members of the data, with the names that persons have now.
    func json(_ names: [UserID: Person]) -> JSON.Object {
        var json: JSON.Object = [
            "sequence": .integer(sequence), "id": id.json, "time": time.json, "type": .string(type),
        ]
        for (name, value) in self.data(names).members where json[name] == nil { json[name] = value }
        if let traceparent { json["traceparent"] = traceparent.json }
        return json
    }

    /// The members of the data, those of 03 first, with the names that persons have now.
    func data(_ names: [UserID: Person]) -> JSON.Object {
        var data = data
        if let user { data["user"] = Self.named(user.text, names) }
        if arePersons {
            data["objects"] = data["objects"]?.array.map { objects in
                .array(objects.map { Self.named($0["id"]?.string ?? "", names) })
            }
        }
        var ordered: JSON.Object = [:]
        for name in Self.members { ordered[name] = data[name] }
        for (name, value) in data.members where ordered[name] == nil { ordered[name] = value }
        return ordered
    }

    private static func named(_ id: String, _ names: [UserID: Person]) -> JSON {
        let person = (try? UserID(id)).flatMap { names[$0] }
        var json: JSON.Object = ["id": .string(id), "name": .string(person?.name ?? "")]
        if person?.isErased == true { json["erased"] = true }
        return .object(json)
    }
}
