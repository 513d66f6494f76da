/// A topic as it shall be made.
public struct TopicSettings: Sendable, Hashable {
    public var name: String
    public var partitions: Int32
    public var replicationFactor: Int32
    /// The topic's own properties: `cleanup.policy`, `retention.ms`, `min.insync.replicas`.
    public var properties: [String: String]

    public init(_ name: String, partitions: Int32, replicationFactor: Int32 = 1, properties: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.properties = properties
    }
}
