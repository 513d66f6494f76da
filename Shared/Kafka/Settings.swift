import CRDKafka

/// librdkafka's properties: ours, overridden by the operator's.
struct Settings: Sendable {
    private let kind: rd_kafka_type_t
    private let own: [String: String]
    private let properties: [String: String]

    static func producer(_ own: [String: String]) -> Settings {
        Settings(
            RD_KAFKA_PRODUCER,
            [
                "enable.idempotence": "true",  // nothing twice, nothing out of order
                "partitioner": "murmur2_random",  // Java's
                "compression.type": "lz4",
                "linger.ms": "0",  // a refusal waits for its record; batches form by themselves under load
                "message.timeout.ms": "30000",
                "queue.buffering.max.messages": "100000",
                "queue.buffering.max.kbytes": "65536",
            ], own)
    }

    static func consumer(_ own: [String: String]) -> Settings {
        Settings(
            RD_KAFKA_CONSUMER,
            [
                "group.id": "none",  // `assign` demands one; without `subscribe` and commits nothing ever joins it
                "enable.auto.commit": "false",
                "enable.auto.offset.store": "false",
                "auto.offset.reset": "error",  // never a jump
                "check.crcs": "true",
                "fetch.error.backoff.ms": "50",
                // A full queue is looked at again after up to a second: this much a second can be read at least.
                "queued.max.messages.kbytes": "65536",
                "fetch.max.bytes": "8388608",
                // The local broker answers with all that it has: a reader far behind it must take that, or it never catches up.
                "receive.message.max.bytes": "2000000000",
            ], own)
    }

    private init(_ kind: rd_kafka_type_t, _ ours: [String: String], _ own: [String: String]) {
        let common = [
            "allow.auto.create.topics": "false",
            "socket.timeout.ms": "5000",
            "socket.connection.setup.timeout.ms": "5000",
            "socket.nagle.disable": "true",
            "reconnect.backoff.max.ms": "1000",
            "log.connection.close": "false",
        ]
        self.kind = kind
        self.own = own
        properties = common.merging(ours) { $1 }.merging(own) { $1 }.merging(["log.queue": "true"]) { $1 }
    }

    var isConsumer: Bool { kind == RD_KAFKA_CONSUMER }

    /// A client of these settings; whoever takes it, destroys it.
    func client() throws(KafkaError) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else { throw .unavailable("no memory for a configuration") }
        do throws(KafkaError) {
            try apply(to: configuration)
        } catch {
            rd_kafka_conf_destroy(configuration)
            throw error
        }
        if isConsumer { kafka_rest_between_empty_fetches(configuration) }
        rd_kafka_conf_set_events(configuration, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG)
        var reason = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(kind, configuration, &reason, reason.count) else {
            let code = rd_kafka_last_error()
            rd_kafka_conf_destroy(configuration)
            guard code == RD_KAFKA_RESP_ERR__INVALID_ARG else { throw .unavailable(reason.text) }
            throw .setting(name: named(in: reason.text), reason: reason.text)
        }
        rd_kafka_set_log_queue(client, nil)
        return client
    }

    private func apply(to configuration: OpaquePointer) throws(KafkaError) {
        var reason = [CChar](repeating: 0, count: 512)
        for (name, value) in properties.sorted(by: { $0.key < $1.key })
        where rd_kafka_conf_set(configuration, name, value, &reason, reason.count) != RD_KAFKA_CONF_OK {
            throw .setting(name: name, reason: reason.text)
        }
    }

    /// The property that a refusal of the whole speaks of, by its name or its value; the operator's before ours.
    private func named(in reason: String) -> String {
        for properties in [own, properties] {
            let named = properties.filter {
                reason.contains($0.key) || $0.value.utf8.count > 3 && reason.contains($0.value)
            }
            if let longest = named.keys.max(by: { $0.utf8.count < $1.utf8.count }) { return longest }
        }
        return "(several)"
    }
}

extension [CChar] {
    /// C's string in a buffer.
    var text: String { String(decoding: prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }
}
