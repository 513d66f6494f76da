import GatehouseJSON
import GatehouseModel

/// An event as the log keeps it: the members by which it is found, and its data without names.
struct LogEntry: Sendable {
    let id: ID<Event>
    let time: Timestamp
    let type: String
    let fact: Fact

    /// Nil for what is no event of ours, or has data that are no fact.
    init?(record bytes: [UInt8]?) {
        guard let bytes, let event = try? Event(parsing: bytes), let fact = try? Fact(mapping: event) else {
            return nil
        }
        id = event.id
        time = event.time
        type = event.type
        self.fact = fact
    }

    /// What `LogStore.append` takes.
    var json: JSON {
        var data = fact.json
        data["user"] = nil
        if let application = fact.application {
            data["application"] = .object(["client_id": application.clientID.json])
        }
        return [
            "id": id.json, "time": time.json, "type": .string(type), "user": fact.user?.id.json ?? .null,
            "client": fact.application?.clientID.json ?? .null, "operation": fact.operation.json,
            "object_type": fact.objectType.json, "outcome": fact.outcome.json,
            "reason": fact.reason.map { .string($0) } ?? .null, "ip": fact.ip?.json ?? .null, "data": .object(data),
            "names": .object(names),
        ]
    }

    private var names: JSON.Object {
        var names = JSON.Object()
        if let user = fact.user { names[user.id.text] = .string(user.name) }
        if let application = fact.application { names[application.clientID.text] = .string(application.name) }
        return names
    }
}

extension Fact {
    /// The fact behind an event: its data, but for refused requests, which have a shape of their own (03 § Topics).
    fileprivate init(mapping event: Event) throws {
        guard event.eventType == .requestBlocked || event.eventType == .requestsBlocked, event.data["operation"] == nil
        else {
            try self.init(event.data)
            return
        }
        let data = JSON.object(event.data)
        let request = data["request"] ?? .null
        let route = request["route"]?.string ?? request["path"]?.string ?? ""
        self.init(
            by: try data["user"].flatMap { $0 == .null ? nil : try User(json: $0) },
            through: try data["application"].flatMap { $0 == .null ? nil : try Application(json: $0) }, .block, .api,
            route.isEmpty
                ? [] : [Object("\(request["method"]?.string ?? "") \(route)", name: request["path"]?.string ?? "")],
            outcome: .denied, reason: data["reason"]?.string,
            ip: (request["ip"] ?? data["ip"])?.string.flatMap { try? Address($0) }, count: data["count"]?.integer)
    }
}
