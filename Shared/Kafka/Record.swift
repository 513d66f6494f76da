/// What a producer sends. Records with equal keys go to one partition, the one that Java's producer would choose (murmur2).
public struct Record: Sendable, Hashable {
    public var topic: String
    /// Without a key the partition is random.
    public var key: [UInt8]?
    /// A record without a value is a tombstone: compaction removes its key.
    public var value: [UInt8]?
    public var headers: [Header]

    public init(topic: String, key: [UInt8]?, value: [UInt8]?, headers: [Header] = []) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A named piece of a record beside its value; names may repeat.
public struct Header: Sendable, Hashable {
    public var name: String
    public var value: [UInt8]?

    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// What a consumer is given.
public struct ConsumedRecord: Sendable, Hashable {
    public let partition: Partition
    public let offset: Int64
    /// Milliseconds since 1970, as the producer or the broker stamped it.
    public let timestamp: Int64?
    public let key: [UInt8]?
    public let value: [UInt8]?
    public let headers: [Header]

    public var topic: String { partition.topic }

    /// The last header of this name: the one that counts, where names repeat.
    public func header(_ name: String) -> Header? { headers.last { $0.name == name } }
}
