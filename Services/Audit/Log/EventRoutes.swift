import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/audit-events` and `/api/v1/activity` (03 § Audit).
struct EventRoutes {
    let reader: LogReader
    let persons: PersonStore

    func mount(on api: API) {
        api.on("GET", "/api/v1/audit-events") { call in try await list(call, isActivity: false) }
        api.on("GET", "/api/v1/activity") { call in try await list(call, isActivity: true) }
    }

    private func list(_ call: Call, isActivity: Bool) async throws -> Response {
        let query = try call.query(of: EventFilter.parameters)
        let (filter, order) = try EventFilter.read(query, isActivity: isActivity)
        let page = try Page(query, list: "\(order) \(filter)")
        let list = EventList(filter, order, after: try Self.place(page), limit: page.limit)
        // Read before the page: what is complete until then is in it.
        let completeUntil = order == .time ? try await reader.completeUntil() : nil
        let named = if let text = filter.text { try await persons.search(text) } else { [UserID]() }
        let found = try await reader.page(list, named: named)
        let names = try await persons.named(in: found.events)
        var body: JSON.Object = ["items": .array(found.events.map { Self.item($0, names, isActivity: isActivity) })]
        switch order {
        case .recorded:
            // Always given: who follows the log asks again with it.
            let next = found.next ?? found.events.last?.place ?? list.after ?? .beginning
            body["next_cursor"] = .string(page.cursor(after: next.key))
        case .time:
            body["next_cursor"] = found.next.map { .string(page.cursor(after: $0.key)) } ?? .null
            body["complete_until"] = completeUntil?.json ?? .null
        }
        return .json(.object(body))
    }

    private static func item(_ event: LoggedEvent, _ names: [UserID: Person], isActivity: Bool) -> JSON {
        var item = event.json(names)
        if isActivity { item["summary"] = .string(Summary.of(item, type: EventType(name: event.type))) }
        return .object(item)
    }

    private static func place(_ page: Page) throws(Problem) -> EventPlace? {
        guard let key = page.after else { return nil }
        guard let place = EventPlace(key) else { throw Problem(field: "cursor", "is not a cursor of this list") }
        return place
    }
}

extension EventFilter {
    fileprivate static let parameters: Set = [
        "from", "to", "user", "application", "operation", "object_type", "outcome", "ip", "q", "order", "limit",
        "cursor",
    ]

    fileprivate static func read(_ query: Query, isActivity: Bool) throws(Problem) -> (EventFilter, EventOrder) {
        var fields = try Fields(.object(JSON.Object(query.fields.map { ($0.name, .string($0.value)) })))
        var filter = EventFilter(isActivity: isActivity)
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
