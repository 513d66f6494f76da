public import GatehouseKafka
public import GatehouseModel

extension Metrics {
    /// What became of the records that the service sent.
    func mount(_ producer: Producer) {
        let help = "Records sent, by what became of them"
        counter("gatehouse_kafka_records_total", help, [("result", "acknowledged")]) { producer.acknowledged }
        counter("gatehouse_kafka_records_total", help, [("result", "failed")]) { producer.failed }
        gauge("gatehouse_kafka_in_flight", "Records sent, and not reported on yet") { Double(producer.inFlight) }
    }

    /// How far a consumer of these topics is behind.
    public func mount(_ consumer: Consumer, of topics: [Topic]) {
        for topic in topics {
            gauge(
                "gatehouse_consumer_lag_records", "Records beyond those handled; -1 before the first fetch",
                [("topic", topic.name)]
            ) {
                let lag = consumer.lag.filter { $0.key.topic == topic.name }
                return lag.isEmpty ? -1 : Double(lag.values.reduce(0, +))
            }
        }
    }
}
