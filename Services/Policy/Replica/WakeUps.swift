package import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
package import GatehousePlatform

/// Hears of changes over Kafka, and has them pulled at once. Without Kafka the renewals see them, only later.
package final class WakeUps {
    private static let rest = Duration.seconds(1)
    /// The directory of objects is asked at each decision that needs it: nothing of it is held.
    private static let passedOver = [EventType.objectCreated, .objectUpdated, .objectDeleted].map {
        Array($0.name.utf8)
    }
    private static let schemas: [Topic: Schema] = [
        .applications: .registry, .secretRotations: .registry, .access: .policy, .revocations: .token,
    ]
    static let topics = schemas.keys.sorted { $0.name < $1.name }

    private let replica: Replica
    let consumer: Consumer
    private let events: Events
    private let log: Log
    package private(set) var count = 0

    package init(_ kafka: [String: String], _ replica: Replica, _ log: Log, on core: isolated Core) throws {
        self.replica = replica
        self.log = log
        events = core.events
        consumer = try Consumer(kafka, on: core, log: log.kafka)
    }

    /// Until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do {
                try await consumer.watch(Self.topics.map(\.name))
                try await consumer.run { records in await self.hear(records) }
            } catch {
                if Task.isCancelled { break }
                log.warning("wake-ups pause", ["cause": .string("\(error)")])
            }
            try? await events.sleep(for: Self.rest)
        }
        await consumer.close(within: .seconds(1))
    }

    private func hear(_ records: [ConsumedRecord]) async {
        let told = records.filter { record in
            !Self.passedOver.contains { $0 == record.header("ce_type")?.value }
        }
        guard !told.isEmpty else { return }
        count += told.count
        await replica.wake(Set(told.compactMap { Topic(name: $0.topic).flatMap { Self.schemas[$0] } }))
    }
}
