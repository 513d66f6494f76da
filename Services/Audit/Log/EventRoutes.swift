import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/audit-events` and `/api/v1/activity` (03 § Audit).
struct EventRoutes {
    let store: EventStore

    func mount(on api: API) {
        api.on("GET", "/api/v1/audit-events") { call throws(Problem) in try await self.list(call, onlyDone: false) }
        api.on("GET", "/api/v1/activity") { call throws(Problem) in try await self.list(call, onlyDone: true) }
    }

    private func list(_ call: Call, onlyDone: Bool) async throws(Problem) -> Response {
        let query = try call.query()
        var filter = try Self.filter(query)
        filter.onlyDone = onlyDone
        let order = query["order"] ?? "recorded"
        let page = try Page(query, list: "\(onlyDone) \(order) \(filter)")
        do {
            switch order {
            case "recorded": return .json(try await recorded(filter, page))
            case "time": return .json(try await byTime(filter, page))
            default: throw Problem(field: "order", "must be recorded or time")
            }
        } catch let problem as Problem {
            throw problem
        } catch { throw Problem(.unavailable, "The log cannot be read now; try again.", cause: error) }
    }

    /// The cursor is always given: a reader that follows the log goes on from it.
    private func recorded(_ filter: EventFilter, _ page: Page) async throws -> JSON {
        let after = page.after?.first.flatMap { Int64($0) } ?? 0
        let events = try await store.recorded(filter, after: after, limit: page.limit)
        let last = events.last?.sequence ?? after
        return [
            "items": .array(events.map { .object($0.json) }), "next_cursor": .string(page.cursor(after: ["\(last)"])),
        ]
    }

    private func byTime(_ filter: EventFilter, _ page: Page) async throws -> JSON {
        var before: (Timestamp, Int64)?
        if let key = page.after, key.count == 2, let micros = Int64(key[0]), let sequence = Int64(key[1]) {
            before = (Timestamp(microseconds: micros), sequence)
        }
        let until = try await store.completeUntil()
        let events = try await store.byTime(filter, before: before, limit: page.limit + 1)
        var body =
            page.answer(
                events, key: { ["\($0.time.microseconds)", "\($0.sequence)"] }, json: { .object($0.json) }
            ).object ?? [:]
        body["complete_until"] = until?.json ?? .null
        return .object(body)
    }

    private static let names: Set<String> = [
        "from", "to", "user", "application", "operation", "object_type", "outcome", "ip", "q", "limit", "cursor",
        "order",
    ]

    private static func filter(_ query: Query) throws(Problem) -> EventFilter {
        if let name = query.fields.map(\.name).first(where: { !names.contains($0) }) {
            throw Problem(.malformed, "There is no parameter \(name.prefix(40)).")
        }
        if let name = query.repeated.sorted().first { throw Problem(.malformed, "\(name) is given twice.") }
        func read<Value: TextValue>(_ name: String, _ type: Value.Type) throws(Problem) -> Value? {
            guard let text = query[name] else { return nil }
            do { return try Value(text) } catch { throw Problem(field: name, error.detail) }
        }
        func known(_ name: String, _ known: [String]) throws(Problem) -> String? {
            guard let text = query[name] else { return nil }
            guard known.contains(text) else {
                throw Problem(field: name, "must be one of \(known.joined(separator: ", "))")
            }
            return text
        }
        let application = try read("application", ClientID.self)?.text
        return EventFilter(
            from: try read("from", Timestamp.self), to: try read("to", Timestamp.self),
            user: try read("user", UserID.self)?.text, application: application,
            operation: try known("operation", Operation.known.map(\.text)).map { Operation($0) },
            objectType: try known("object_type", ObjectType.known.map(\.text)).map { ObjectType($0) },
            outcome: try known("outcome", Outcome.known.map(\.text)).map { Outcome($0) },
            ip: try read("ip", Address.self), text: query["q"])
    }
}
