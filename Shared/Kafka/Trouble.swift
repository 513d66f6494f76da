import CRDKafka

/// Why a partition cannot be read on from where it is. All else librdkafka tries again by itself.
struct Trouble {
    let partition: Partition
    let error: KafkaError

    init?(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ partition: Partition) {
        let offset = message.pointee.offset
        let reason = message.errorText
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            error = .offsetOutOfRange(partition, offset: offset, reason: reason)
        case RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR__BAD_COMPRESSION, RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED,
            RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
            error = .unreadable(partition, offset: offset, reason: reason)
        default: return nil
        }
        self.partition = partition
    }
}
