import CRDKafka

/// librdkafka's client, which any thread may use; so it crosses threads, as a number. What is here blocks: not for a core.
struct Handle: Sendable {
    private let bits: UInt

    init(_ pointer: OpaquePointer) { bits = UInt(bitPattern: pointer) }

    var pointer: OpaquePointer {
        guard let pointer = OpaquePointer(bitPattern: bits) else {
            preconditionFailure("a handle was made of a pointer")
        }
        return pointer
    }

    func destroy() { rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) }

    func clusterID(within limit: Duration) -> Result<String, KafkaError> {
        guard let id = rd_kafka_clusterid(pointer, limit.milliseconds) else {
            return .failure(.unavailable("no broker has told the cluster's id"))
        }
        defer { rd_kafka_mem_free(pointer, id) }
        return .success(String(cString: id))
    }

    /// How many brokers there are now.
    func brokers(within limit: Duration) -> Result<Int, KafkaError> {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(pointer, 0, nil, &answer, limit.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else { return .failure(.unavailable(code.text)) }
        defer { rd_kafka_metadata_destroy(answer) }
        return .success(Int(answer.pointee.broker_cnt))
    }

    /// The partitions of a topic, all with a leader; nil if there is no such topic (yet).
    func partitions(of topic: String, within limit: Duration) -> Result<[Partition]?, KafkaError> {
        guard let known = rd_kafka_topic_new(pointer, topic, nil) else {
            return .failure(.refused(code: rd_kafka_last_error().rawValue, reason: rd_kafka_last_error().text))
        }
        defer { rd_kafka_topic_destroy(known) }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(pointer, 0, known, &answer, limit.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else { return .failure(.unavailable(code.text)) }
        defer { rd_kafka_metadata_destroy(answer) }
        guard answer.pointee.topic_cnt == 1, let found = answer.pointee.topics?.pointee else { return .success(nil) }
        switch found.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR: break
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE: return .success(nil)
        default: return .failure(.refused(code: found.err.rawValue, reason: "\(topic): \(found.err.text)"))
        }
        let partitions = UnsafeBufferPointer(start: found.partitions, count: Int(found.partition_cnt))
        guard partitions.allSatisfy({ $0.leader >= 0 }) else { return .success(nil) }
        return .success(partitions.map { Partition(topic, $0.id) }.sorted { $0.number < $1.number })
    }

    /// The offset of the next record to be produced, of each partition.
    func ends(of partitions: [Partition], within limit: Duration) -> Result<[Partition: Int64], KafkaError> {
        let list = PartitionList(partitions.map { ($0, Int64(RD_KAFKA_OFFSET_END)) })
        let code = rd_kafka_offsets_for_times(pointer, list.pointer, limit.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(.unavailable(code.text)) }
        var ends: [Partition: Int64] = [:]
        for (partition, offset, code) in list.elements {
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return .failure(.unavailable("\(partition): \(code.text)"))
            }
            ends[partition] = offset
        }
        return .success(ends)
    }
}

extension Duration {
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
