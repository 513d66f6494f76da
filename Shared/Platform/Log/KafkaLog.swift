import GatehouseJSON
public import GatehouseKafka

extension Log {
    /// Where librdkafka's own lines go.
    public func kafka(_ line: KafkaLog) {
        let details: JSON.Object = ["facility": .string(line.facility)]
        switch line.level {
        case .error, .warning: warning("kafka: \(line.text)", details)
        case .info, .debug: debug("kafka: \(line.text)", details)
        }
    }
}
