import GatehouseKafka
import GatehouseModel

/// All topics of Gatehouse on the test's broker, made once in a test process.
actor TestTopics {
    private static let shared = TestTopics()
    private var making: Task<Void, any Error>?

    static func make(on servers: String) async throws { try await shared.make(servers) }

    private func make(_ servers: String) async throws {
        let task =
            making
            ?? Task {
                try await Admin(["bootstrap.servers": servers]).create(
                    Topic.allCases.map { TopicSettings($0.name, partitions: Int32($0.partitions)) })
            }
        making = task
        try await task.value
    }
}
