import GatehouseCrypto
public import GatehouseJSON
import GatehouseKafka
public import GatehouseModel

/// A fact on its way to its topic: the event, and the key that orders it.
public struct OutgoingFact: Sendable {
    public let key: String
    public let event: Event
    private let topic: Topic

    /// `subject`: the object that the fact is about. `id`: where the fact has one already, as a decision has. `trace`: of the one
    /// request that it comes from.
    public init(
        _ type: EventType, id: ID<Event>? = nil, key: String, subject: String, data: JSON.Object, at now: Timestamp,
        in trace: Trace? = nil
    ) {
        self.key = key
        topic = type.topic
        event = Event(
            type, id: id ?? .fresh(at: now), subject: subject, time: now, traceparent: trace?.traceparent, data: data)
    }

    /// What `Outbox.told` takes.
    public var json: JSON {
        ["aggregatetype": .string(topic.aggregateType), "aggregateid": .string(key), "event": event.json]
    }

    var record: Record {
        Record(
            topic: topic.name, key: Array(key.utf8), value: event.bytes,
            headers: event.headers.map { Header($0.name, Array($0.value.utf8)) })
    }
}

extension [OutgoingFact] {
    /// What `Outbox.told` takes.
    public var json: JSON { .array(map(\.json)) }
}

extension ID {
    /// A new one, of this moment.
    public static func fresh(at now: Timestamp) -> ID { ID(at: now, random: (Random.uint64(), Random.uint64())) }
}
