import CRDKafka

/// What Kafka, or the way to it, refused.
public enum KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A property that librdkafka does not know, or a value that it does not take.
    case setting(name: String, reason: String)
    /// The record can never be taken as it is: too large, no such topic, not allowed.
    case refused(code: Int32, reason: String)
    /// The caller's own time is over. The record may still arrive, or may have.
    case deadline
    /// The library gave up, or its client died. The record may have arrived; those after it, too.
    case unacknowledged(String)
    /// What the consumer wants to read is not there: it has been deleted, or the topic is another one. It never jumps.
    case offsetOutOfRange(Partition, offset: Int64, reason: String)
    /// A record that cannot be read: a wrong checksum, an unknown codec, too large. It is not skipped.
    case unreadable(Partition, offset: Int64, reason: String)
    /// No broker answered in time.
    case unavailable(String)
    /// The producer or consumer has been closed.
    case closed

    public var description: String {
        switch self {
        case .setting(let name, let reason): "the Kafka property \(name) is not right: \(reason)"
        case .refused(_, let reason): "Kafka refused: \(reason)"
        case .deadline: "not acknowledged within the caller's time"
        case .unacknowledged(let reason): "not acknowledged: \(reason)"
        case .offsetOutOfRange(let partition, let offset, let reason):
            "offset \(offset) of \(partition) is out of range: \(reason)"
        case .unreadable(let partition, let offset, let reason):
            "the record at offset \(offset) of \(partition) cannot be read: \(reason)"
        case .unavailable(let reason): "Kafka is unavailable: \(reason)"
        case .closed: "closed"
        }
    }

    /// What the failure of a record means to its sender.
    init(sending code: rd_kafka_resp_err_t) {
        self =
            switch code {
            case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT,
                RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT,
                RD_KAFKA_RESP_ERR__DESTROY, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
                .unacknowledged(code.text)
            default: .refused(code: code.rawValue, reason: code.text)
            }
    }
}

extension rd_kafka_resp_err_t {
    var text: String { String(cString: rd_kafka_err2str(self)) }
}
