import CRDKafka

/// librdkafka's list of partitions with an offset each.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?

    init(_ elements: [(Partition, Int64)]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(elements.count))
        for (partition, offset) in elements {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.number)?.pointee.offset = offset
        }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    var elements: [(Partition, Int64, rd_kafka_resp_err_t)] {
        guard let list = pointer?.pointee else { return [] }
        return UnsafeBufferPointer(start: list.elems, count: Int(list.cnt)).map {
            (Partition(String(cString: $0.topic), $0.partition), $0.offset, $0.err)
        }
    }
}

extension Position {
    /// In librdkafka's numbers.
    var offset: Int64 {
        switch self {
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .at(let offset): offset
        }
    }
}
