import CRDKafka

/// A short-lived client, for one question or order. All of it blocks.
struct AdminVisit: ~Copyable {
    private let handle: Handle
    private let reports: OpaquePointer?
    private let deadline: ContinuousClock.Instant

    init(_ settings: Settings, within limit: Duration) throws(KafkaError) {
        let client = try settings.client()
        handle = Handle(client)
        reports = rd_kafka_queue_get_main(client)
        deadline = .now + limit
    }

    deinit {
        rd_kafka_queue_destroy(reports)
        handle.destroy()
    }

    func clusterID() throws(KafkaError) -> String { try explained(handle.clusterID(within: remaining)) }

    func brokers() throws(KafkaError) -> Int { try explained(handle.brokers(within: remaining)) }

    func partitions(of topic: String) throws(KafkaError) -> [Partition]? {
        try explained(handle.partitions(of: topic, within: remaining))
    }

    /// Waits until the topic can be used.
    func wait(for topic: String) throws(KafkaError) -> [Partition] {
        while true {
            if let partitions = try partitions(of: topic) { return partitions }
            guard remaining > .zero else { throw .unavailable("there is no topic \(topic), or it has no leader") }
            _ = nextTrouble(within: .milliseconds(20))
        }
    }

    /// Makes what is not there; returns what it made.
    func create(_ topics: [TopicSettings]) throws(KafkaError) -> Set<String> {
        var made: Set<String> = []
        var missing = topics
        while !missing.isEmpty {
            var again: [TopicSettings] = []
            for (topic, (code, reason)) in zip(missing, try request(missing)) {
                switch code {
                case RD_KAFKA_RESP_ERR_NO_ERROR: made.insert(topic.name)
                case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: break
                case RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
                    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT where remaining > .zero:
                    again.append(topic)
                default: throw .refused(code: code.rawValue, reason: "topic \(topic.name): \(reason)")
                }
            }
            missing = again
            if !missing.isEmpty { _ = nextTrouble(within: .milliseconds(50)) }
        }
        return made
    }

    private func request(_ topics: [TopicSettings]) throws(KafkaError) -> [(rd_kafka_resp_err_t, String)] {
        var wishes: [OpaquePointer?] = []
        defer { for wish in wishes { rd_kafka_NewTopic_destroy(wish) } }
        for topic in topics { wishes.append(try wish(topic)) }
        let answers = rd_kafka_queue_new(handle.pointer)
        let options = rd_kafka_AdminOptions_new(handle.pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer {
            rd_kafka_AdminOptions_destroy(options)
            rd_kafka_queue_destroy(answers)
        }
        rd_kafka_AdminOptions_set_request_timeout(options, max(1, remaining.milliseconds), nil, 0)
        rd_kafka_CreateTopics(handle.pointer, &wishes, wishes.count, options, answers)
        let answer = rd_kafka_queue_poll(answers, -1)  // the request's time-out ends it
        defer { rd_kafka_event_destroy(answer) }
        let code = rd_kafka_event_error(answer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return try explained(.failure(.unavailable(code.text))) }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count)
        return UnsafeBufferPointer(start: results, count: count).map { result in
            let code = rd_kafka_topic_result_error(result)
            return (code, rd_kafka_topic_result_error_string(result).map { String(cString: $0) } ?? code.text)
        }
    }

    private func wish(_ topic: TopicSettings) throws(KafkaError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 512)
        let wish = rd_kafka_NewTopic_new(
            topic.name, topic.partitions, topic.replicationFactor, &reason, reason.count)
        guard let wish else {
            throw .refused(
                code: RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue, reason: "topic \(topic.name): \(reason.text)")
        }
        for (name, value) in topic.properties { rd_kafka_NewTopic_set_config(wish, name, value) }
        return wish
    }

    private var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: deadline)) }

    /// Says with "no answer" what the library has said of the brokers meanwhile: a refused connection, a name, a certificate.
    private func explained<Value>(_ result: Result<Value, KafkaError>) throws(KafkaError) -> Value {
        guard case .failure(.unavailable(let reason)) = result else { return try result.get() }
        var troubles: [String] = []
        while let trouble = nextTrouble(within: .zero) {
            if !trouble.isEmpty { troubles.append(trouble) }
        }
        throw .unavailable(([reason] + Set(troubles).sorted()).joined(separator: "; "))
    }

    /// Waits for the next thing that the library says; nil if it says nothing.
    private func nextTrouble(within limit: Duration) -> String? {
        guard let event = rd_kafka_queue_poll(reports, limit.milliseconds) else { return nil }
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR else { return "" }
        return KafkaLog(event)?.text ?? ""
    }
}
