import GatehouseJSON
import GatehouseKafka
import GatehouseModel

/// An event of the log as the public topic tells it: the event again, with its place in the log and the names that persons have now.
struct PublicEvent {
    let event: Event
    /// The user, else the application, else the address.
    let key: String

    init(_ logged: LoggedEvent, _ names: [UserID: Person]) {
        var data: JSON.Object = ["sequence": .integer(logged.sequence)]
        for (name, value) in logged.data(names).members where data[name] == nil && !Self.isAbsent(name, value) {
            data[name] = value
        }
        if data["objects"] == nil { data["objects"] = [] }
        let whole = Self.event(logged, data)
        // Only what no service of ours would say is so long that nothing could be left of it.
        event = whole.data["sequence"] == nil ? Self.event(logged, Self.essence(of: data)) : whole
        let address = data["ip"]?.string.flatMap { try? Address($0) }
        key = logged.user?.text ?? data["application"]?["client_id"]?.string ?? address?.text ?? ""
    }

    var record: Record {
        Record(
            topic: Topic.audit.name, key: Array(key.utf8), value: event.bytes,
            headers: event.headers.map { Header($0.name, Array($0.value.utf8)) })
    }

    private static func event(_ logged: LoggedEvent, _ data: JSON.Object) -> Event {
        Event(
            retold: logged.id, source: logged.source, type: logged.type, subject: logged.subject, time: logged.time,
            traceparent: logged.traceparent, data: data)
    }

    /// What there is none of is left out (03 § Topics).
    private static func isAbsent(_ name: String, _ value: JSON) -> Bool {
        value.isNull && LoggedEvent.members.contains(name)
    }

    private static func essence(of data: JSON.Object) -> JSON.Object {
        var essence: JSON.Object = ["objects": [], "truncated": true]
        for name in ["sequence", "user", "application", "operation", "object_type", "outcome", "ip"] {
            essence[name] = data[name]
        }
        return essence
    }
}
