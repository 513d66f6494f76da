/// One ordered log of a topic.
public struct Partition: Sendable, Hashable, CustomStringConvertible {
    public let topic: String
    public let number: Int32

    public init(_ topic: String, _ number: Int32) {
        self.topic = topic
        self.number = number
    }

    public var description: String { "\(topic)[\(number)]" }
}

/// Where a consumer begins to read a partition.
public enum Position: Sendable, Hashable {
    /// The oldest record that is still there.
    case beginning
    /// What is produced from now on; the broker says where that is.
    case end
    /// The offset of the next record to be read. Offsets have holes: the record may bear a higher one.
    case at(Int64)
}
