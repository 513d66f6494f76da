import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import TestSupport

/// Whoever reads a topic, from its beginning and for as long as the story lasts.
final class Reader {
    private let consumer: Consumer
    private(set) var events: [JSON] = []

    init(_ topic: Topic = .applications, of room: Mailroom, on core: isolated Core) throws {
        consumer = try Consumer(room.kafka, on: core) { _ in }
        try consumer.assign(
            Dictionary(
                uniqueKeysWithValues: (0..<Int32(topic.partitions)).map { (Partition(topic.name, $0), .beginning) }))
        core.start {
            do { try await self.consumer.run { records in try self.take(records) } } catch { self.failure = error }
        }
    }
    private var failure: (any Error)?

    /// All that came, once it is enough.
    @discardableResult
    func events(until isEnough: ([JSON]) -> Bool) async throws -> [JSON] {
        try await eventually("enough events", within: .seconds(30)) {
            if let failure { throw failure }
            return isEnough(events)
        }
        return events
    }

    /// All that came, once there are `count` different ones.
    @discardableResult
    func events(_ count: Int) async throws -> [JSON] { try await events { Set($0.map(\.eventID)).count >= count } }

    func close() async { await consumer.close() }

    private func take(_ records: [ConsumedRecord]) throws {
        events += try records.map { try JSON(parsing: $0.value ?? []) }
    }
}

extension JSON {
    var eventID: String { self["id"]?.string ?? "" }
    var subject: String { self["subject"]?.string ?? "" }
    var revision: Int { self["data"]?["revision"]?.integer.map(Int.init) ?? 0 }
    var count: Int { self["data"]?["count"]?.integer.map(Int.init) ?? 0 }
}

extension [JSON] {
    /// Without the repeats, in the order of their first coming.
    var once: [JSON] {
        var seen: Set<String> = []
        return filter { seen.insert($0.eventID).inserted }
    }
}
