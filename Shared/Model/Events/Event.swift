public import GatehouseJSON

/// Something that happened, as it stands on a topic: CloudEvents 1.0, structured JSON.
public struct Event: Hashable, Sendable {
    /// What `bytes` may have.
    public static let limit = 65_536
    /// What a new event may have: PostgreSQL's `jsonb` adds up to half as much in spaces.
    private static let room = 40_960

    public let id: ID<Event>
    public let source: String
    /// `gatehouse.application.created`; see `eventType`.
    public let type: String
    /// The object that the fact is about.
    public let subject: String
    public let time: Timestamp
    public let traceparent: Traceparent?
    public let data: JSON.Object
    public let bytes: [UInt8]

    /// A new one. Data beyond 40 KiB are shortened, and say `"truncated": true`: no fact is lost for its size.
    public init(
        _ type: EventType, id: ID<Event>, subject: String, time: Timestamp, traceparent: Traceparent? = nil,
        data: JSON.Object
    ) {
        self.init(
            id: id, source: type.topic.owner.source, type: type.name, subject: subject, time: time,
            traceparent: traceparent, data: data, room: Self.room)
    }

    /// One that happened elsewhere, of whatever type: told again as it was, with all the room that there is.
    package init(
        retold id: ID<Event>, source: String, type: String, subject: String, time: Timestamp,
        traceparent: Traceparent?, data: JSON.Object
    ) {
        self.init(
            id: id, source: source, type: type, subject: subject, time: time, traceparent: traceparent, data: data,
            room: Self.limit)
    }

    private init(
        id: ID<Event>, source: String, type: String, subject: String, time: Timestamp, traceparent: Traceparent?,
        data: JSON.Object, room: Int
    ) {
        self.id = id
        self.source = Excerpt.of(source)
        self.type = Excerpt.of(type)
        self.subject = Excerpt.of(subject)
        self.time = time
        self.traceparent = traceparent
        let envelope = Self.envelope(id, self.source, self.type, self.subject, time, traceparent)
        let whole = Self.json(envelope, data).bytes
        if whole.count <= room, !Excerpt.mayHoldNUL(whole) {
            self.data = data
            bytes = whole
            return
        }
        var excerpt = Excerpt(of: data)
        var bytes = Self.json(envelope, excerpt.data).bytes
        while bytes.count > room {
            excerpt.shorten()
            bytes = Self.json(envelope, excerpt.data).bytes
        }
        self.data = excerpt.data
        self.bytes = bytes
    }

    /// Reads the value of a record. Attributes beside ours are passed over: `.v1` may gain some.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Self.limit else {
            throw Problem(.contentTooLarge, "An event has at most \(Self.limit) bytes")
        }
        var fields = try Fields(parsing: bytes)
        let version = fields.required("specversion", as: String.self)
        if let version, version != "1.0" { fields.refuse("specversion", "must be 1.0") }
        let media = fields.optional("datacontenttype", as: String.self)
        if let media, media != "application/json" { fields.refuse("datacontenttype", "must be application/json") }
        let id = fields.required("id", as: ID<Event>.self)
        if let id, id.version != 7 { fields.refuse("id", "must be a UUID of version 7") }
        let source = fields.required("source", as: String.self)
        let type = fields.required("type", as: String.self)
        let subject = fields.required("subject", as: String.self)
        let time = fields.required("time", as: Timestamp.self)
        let traceparent = fields.optional("traceparent", as: Traceparent.self)
        let data = fields.required("data", as: JSON.Object.self)
        fields.passOverOthers()
        guard let id, let source, let type, let subject, let time, let data, fields.areValid else {
            throw fields.problem
        }
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.traceparent = traceparent
        self.data = data
        self.bytes = bytes
    }
}

extension Event {
    /// Nil for a type that is newer than this library.
    public var eventType: EventType? { EventType(name: type) }

    public var json: JSON { Self.json(Self.envelope(id, source, type, subject, time, traceparent), data) }

    /// Of the record on the topic: consumers filter by these without reading the value.
    public var headers: [(name: String, value: String)] {
        [("content-type", "application/cloudevents+json"), ("ce_id", id.text), ("ce_type", type)]
            + (traceparent.map { [("traceparent", $0.text)] } ?? [])
    }

    private static func envelope(
        _ id: ID<Event>, _ source: String, _ type: String, _ subject: String, _ time: Timestamp,
        _ traceparent: Traceparent?
    ) -> JSON.Object {
        var attributes: JSON.Object = [
            "specversion": "1.0", "id": id.json, "source": .string(source), "type": .string(type),
            "subject": .string(subject), "time": time.json, "datacontenttype": "application/json",
        ]
        attributes["traceparent"] = traceparent?.json
        return attributes
    }

    private static func json(_ envelope: JSON.Object, _ data: JSON.Object) -> JSON {
        var event = envelope
        event["data"] = .object(data)
        return .object(event)
    }
}
