import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/audit-events` and `/api/v1/activity` (03 § Audit).
struct EventRoutes {
    let events: EventStore
    let persons: PersonStore

    func mount(on api: API) {
        api.on("GET", "/api/v1/audit-events") { call throws(Problem) in try await list(call, isActivity: false) }
        api.on("GET", "/api/v1/activity") { call throws(Problem) in try await list(call, isActivity: true) }
    }

    private func list(_ call: Call, isActivity: Bool) async throws(Problem) -> Response {
        let query = try call.query()
        var (filter, order) = try EventFilter.read(query)
        filter.isActivity = isActivity
        let page = try Page(query, list: "\(order) \(filter)")
        let after = try Self.place(page)
        // Read before the page: what is complete until then is in it.
        let completeUntil = order == .time ? try await events.completeUntil() : nil
        var named: [UserID] = []
        if let text = filter.text { named = try await persons.search(text) }
        let found = try await events.page(filter, order, after: after, limit: page.limit, named: named)
        let names = try await persons.named(in: found.events)
        var body: JSON.Object = [
            "items": .array(
                found.events.map { event in
                    var item = event.json(names)
                    if isActivity {
                        item["summary"] = .string(Summary.of(item, type: EventType(name: event.type)))
                    }
                    return .object(item)
                })
        ]
        switch order {
        case .recorded:
            // Always given: who follows the log asks again with it.
            let next =
                found.next ?? found.events.last?.place ?? after
                ?? EventPlace(sequence: 0, time: Timestamp(microseconds: 0))
            body["next_cursor"] = .string(page.cursor(after: next.key))
        case .time:
            body["next_cursor"] = found.next.map { .string(page.cursor(after: $0.key)) } ?? .null
            body["complete_until"] = completeUntil?.json ?? .null
        }
        return .json(.object(body))
    }

    private static func place(_ page: Page) throws(Problem) -> EventPlace? {
        guard let key = page.after else { return nil }
        guard let place = EventPlace(key) else { throw Problem(field: "cursor", "is not a cursor of this list") }
        return place
    }
}

extension EventFilter {
    private static let names: Set = [
        "from", "to", "user", "application", "operation", "object_type", "outcome", "ip", "q", "order", "limit",
        "cursor",
    ]

    /// A filter that is misspelt or given twice must not widen the list in silence.
    fileprivate static func read(_ query: Query) throws(Problem) -> (EventFilter, EventOrder) {
        if let unknown = query.fields.first(where: { !names.contains($0.name) }) {
            throw Problem(.malformed, "The list has no parameter '\(unknown.name.prefix(40))'.")
        }
        if let repeated = query.repeated.min() {
            throw Problem(.malformed, "The parameter '\(repeated)' is given twice.")
        }
        var fields = try Fields(.object(JSON.Object(query.fields.map { ($0.name, .string($0.value)) })))
        var filter = EventFilter()
        filter.from = fields.optional("from")
        filter.to = fields.optional("to")
        filter.user = fields.optional("user")
        filter.application = fields.optional("application")
        filter.operation = fields.known("operation")
        filter.objectType = fields.known("object_type")
        filter.outcome = fields.known("outcome")
        filter.addresses = fields.optional("ip")
        filter.text = fields.optional("q", as: String.self)
        if let text = filter.text, text.unicodeScalars.count > 200 {
            fields.refuse("q", "must have at most 200 characters")
        }
        if filter.text == "" { filter.text = nil }
        if let from = filter.from, let to = filter.to, to < from { fields.refuse("to", "must not be before from") }
        let order = fields.optional("order", as: EventOrder.self) ?? .recorded
        fields.passOverOthers()
        try fields.finish()
        return (filter, order)
    }
}

extension Fields {
    /// Events may bring names that are newer than this service; whoever asks for one has misspelt it.
    fileprivate mutating func known<Name: OpenName>(_ member: String, as type: Name.Type = Name.self) -> Name? {
        guard let name = optional(member, as: type) else { return nil }
        guard Name.known.contains(name) else {
            refuse(member, "must be one of \(Name.known.map(\.text).joined(separator: ", "))")
            return nil
        }
        return name
    }
}
