import GatehouseJSON
import GatehouseModel

/// An event as a row of the log.
struct LogEntry: Sendable {
    /// What a person was called at the time.
    struct Naming: Sendable {
        let user: UserID
        let name: String
    }

    /// The time in an event's id and its `time` are the same clock's.
    static let slack: Duration = .seconds(86_400)
    private static let mostWords = 4000

    let id: ID<Event>
    let time: Timestamp
    let type: String
    let source: String
    let subject: String
    let traceparent: Traceparent?
    let user: UserID?
    let client: ClientID?
    let operation: String
    let objectType: String
    let outcome: String
    let ip: Address?
    let words: String
    let data: [UInt8]
    let namings: [Naming]

    /// Reads the value of a record; throws what makes it no event of the log, which keeps those periods.
    init(parsing bytes: [UInt8]?, kept: ClosedRange<Period>) throws(Problem) {
        guard let bytes else { throw Problem(.validation, "The record has no value") }
        let event = try Event(parsing: bytes)
        let made = Timestamp(microseconds: Int64(clamping: event.id.milliseconds) * 1000)
        guard max(made - event.time, event.time - made) <= Self.slack else {
            throw Problem(.validation, "The event's id is of another time than the event")
        }
        guard kept.contains(Period(of: event.id)) else {
            throw Problem(.validation, "The event's time lies outside what the log keeps")
        }
        var data = event.auditData
        var fields = try Fields(.object(data))
        let user = fields.nullable("user", as: Fact.User.self).applied(to: nil)
        let application = fields.nullable("application", as: Fact.Application.self).applied(to: nil)
        let operation = fields.required("operation", as: Operation.self)
        let objectType = fields.required("object_type", as: ObjectType.self)
        let outcome = fields.required("outcome", as: Outcome.self)
        let objects = fields.optional("objects", as: [Fact.Object].self) ?? []
        let reason = fields.nullable("reason", as: String.self).applied(to: nil)
        let ip = fields.nullable("ip", as: Address.self).applied(to: nil)
        _ = fields.nullable("count", as: Int64.self)
        fields.passOverOthers()
        guard let operation, let objectType, let outcome, fields.areValid else { throw fields.problem }

        let arePersons = objectType == .user
        var namings = user.map { [Naming(user: $0.id, name: $0.name)] } ?? []
        if let user { data["user"] = ["id": user.id.json] }
        if arePersons {
            data["objects"] = .array(objects.map { ["id": .string($0.id)] })
            namings += objects.compactMap { object in
                (try? UserID(object.id)).map { Naming(user: $0, name: object.name) }
            }
        }
        id = event.id
        time = event.time
        type = event.type
        source = Self.clean(event.source)
        subject = Self.clean(event.subject)
        traceparent = event.traceparent
        self.user = user?.id
        client = application?.clientID
        self.operation = operation.text
        self.objectType = objectType.text
        self.outcome = outcome.text
        self.ip = ip
        self.namings = namings.filter { !$0.name.isEmpty }
        self.data = JSON.object(data).bytes
        let request = data["request"]?.object
        // By its trace an event is found beside the lines that the services logged.
        let named = [
            event.type, user?.id.text, application?.clientID.text, application?.name, reason,
            request?["path"]?.string, data["decision_id"]?.string, event.traceparent.map { String($0.traceID) },
        ]
        let words = named.compactMap(\.self) + objects.flatMap { [$0.id, arePersons ? "" : $0.name] }
        self.words = String(words.joined(separator: " ").lowercased().unicodeScalars.prefix(Self.mostWords))
    }

    /// PostgreSQL has no text with U+0000.
    private static func clean(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }
}
