import GatehouseEventLoop

/// Makes topics and asks about them. Each call makes a client of its own and ends it, on a thread that may block.
public struct Admin: Sendable {
    private let settings: Settings

    public init(_ settings: [String: String]) { self.settings = .producer(settings) }

    /// Makes the topics that do not exist, waits until all can be used, and returns the names of those that it made.
    ///
    /// What exists stays as it is, whatever its settings.
    @discardableResult
    public func create(
        _ topics: [TopicSettings], within limit: Duration = .seconds(30)
    ) async throws(KafkaError) -> Set<String> {
        try await visit(limit) { visit throws(KafkaError) in
            let made = try visit.create(topics)
            for topic in topics { _ = try visit.wait(for: topic.name) }
            return made
        }
    }

    /// Waits until all these topics can be used, and returns their partitions.
    @discardableResult
    public func wait(for topics: [String], within limit: Duration = .seconds(30)) async throws(KafkaError)
        -> [Partition]
    {
        try await visit(limit) { visit throws(KafkaError) in
            var partitions: [Partition] = []
            for topic in topics { partitions += try visit.wait(for: topic) }
            return partitions
        }
    }

    /// The partitions of a topic; nil if there is none, or while it has no leader.
    public func partitions(
        of topic: String, within limit: Duration = .seconds(5)
    ) async throws(KafkaError) -> [Partition]? {
        try await visit(limit) { visit throws(KafkaError) in try visit.partitions(of: topic) }
    }

    /// How many brokers the cluster has now.
    public func brokers(within limit: Duration = .seconds(5)) async throws(KafkaError) -> Int {
        try await visit(limit) { visit throws(KafkaError) in try visit.brokers() }
    }

    public func clusterID(within limit: Duration = .seconds(5)) async throws(KafkaError) -> String {
        try await visit(limit) { visit throws(KafkaError) in try visit.clusterID() }
    }

    private func visit<Value: Sendable>(
        _ limit: Duration, _ body: @Sendable (borrowing AdminVisit) throws(KafkaError) -> Value
    ) async throws(KafkaError) -> Value {
        try await Client.workers.run { [settings] in
            Result { () throws(KafkaError) in try body(try AdminVisit(settings, within: limit)) }
        }.get()
    }
}
