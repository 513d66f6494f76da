import CRDKafka

extension Client {
    /// Hands a record over, by copy; `receipt` comes back with its delivery report.
    func produce(_ record: Record, _ receipt: UnsafeMutableRawPointer?) -> rd_kafka_resp_err_t {
        guard let topic = topic(record.topic) else { return RD_KAFKA_RESP_ERR__INVALID_ARG }
        let headers = record.headers.isEmpty ? nil : rd_kafka_headers_new(record.headers.count)
        for header in record.headers {
            withBytes(header.value) { value, size in
                _ = rd_kafka_header_add(headers, header.name, -1, value, size)
            }
        }
        let code = withBytes(record.key) { key, keySize in
            withBytes(record.value) { value, valueSize in
                kafka_produce(handle.pointer, topic, key, keySize, value, valueSize, headers, receipt)
            }
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR, let headers { rd_kafka_headers_destroy(headers) }
        return code
    }
}

extension ConsumedRecord {
    /// A copy of what librdkafka holds.
    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ partition: Partition) {
        let record = message.pointee
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let stamp = rd_kafka_message_timestamp(message, &kind)
        self.init(
            partition: partition, offset: record.offset,
            timestamp: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : stamp,
            key: bytes(record.key, record.key_len), value: bytes(record.payload, record.len), headers: message.headers)
    }
}

extension UnsafeMutablePointer<rd_kafka_message_t> {
    var errorText: String { rd_kafka_message_errstr(self).map { String(cString: $0) } ?? pointee.err.text }

    fileprivate var headers: [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(self, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [Header] = []
        headers.reserveCapacity(rd_kafka_header_cnt(list))
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name
        {
            headers.append(Header(String(cString: name), bytes(value, size)))
        }
        return headers
    }
}

/// The topic of the messages of one batch: most have the same, and its name is made once.
struct TopicName {
    private var topic: OpaquePointer?
    private var name = ""

    mutating func of(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> String {
        if message.pointee.rkt != topic {
            topic = message.pointee.rkt
            name = topic.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? ""
        }
        return name
    }
}

/// C's null is nil; an empty array is not.
private func bytes(_ pointer: UnsafeRawPointer?, _ size: Int) -> [UInt8]? {
    pointer.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) }
}

/// Nil is C's null; an empty array is a pointer to nothing.
private func withBytes<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawPointer?, Int) -> Result) -> Result {
    guard let bytes else { return body(nil, 0) }
    guard !bytes.isEmpty else { return body("", 0) }
    return bytes.withUnsafeBytes { body($0.baseAddress, $0.count) }
}
