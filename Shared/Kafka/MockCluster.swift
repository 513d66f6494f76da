import CRDKafka

/// librdkafka's own broker, within the process, for tests: it takes orders to fail.
package final class MockCluster {
    private let client: OpaquePointer
    private let cluster: OpaquePointer

    package init(brokers: Int32) throws(KafkaError) {
        client = try Settings.producer([:]).client()
        guard let cluster = rd_kafka_mock_cluster_new(client, brokers) else {
            rd_kafka_destroy(client)
            throw .unavailable("no mock cluster")
        }
        self.cluster = cluster
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    /// For `bootstrap.servers`.
    package var servers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

    package func create(_ topic: String, partitions: Int32) {
        rd_kafka_mock_topic_create(cluster, topic, partitions, 1)
    }

    package enum Request: Int16 {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case metadata = 3
    }

    /// The next requests of this kind fail with these codes of the protocol; -195 closes the connection.
    package func fail(_ request: Request, with codes: [Int32]) {
        var errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, errors.count, &errors)
    }

    /// For good: by the time it could start again, its port may be another's.
    package func stop(broker: Int32) { rd_kafka_mock_broker_set_down(cluster, broker) }

    /// Each answer of the broker takes as long, at least.
    package func delay(broker: Int32, by time: Duration) {
        rd_kafka_mock_broker_set_rtt(cluster, broker, time.milliseconds)
    }
}
