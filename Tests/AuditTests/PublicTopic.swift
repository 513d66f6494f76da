import Foundation
import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import TestSupport

/// What stands on the public topic, read from its beginning to where it ends now.
struct PublicTopic: Sendable {
    let records: [ConsumedRecord]

    static func read(_ kafka: [String: String]) async throws -> PublicTopic {
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let consumer = try Consumer(kafka, on: core) { _ in }
            let ends = try await consumer.ends(of: [Topic.audit.name])
            let seen = Seen()
            try consumer.assign(ends.mapValues { _ in .beginning })
            let total = ends.values.reduce(0, +)
            if total > 0 {
                await core.start {
                    do {
                        try await consumer.run { batch in
                            seen.records += batch
                            if seen.records.count >= total { withUnsafeCurrentTask { $0?.cancel() } }
                        }
                    } catch { seen.end = error }
                }.value
            }
            await consumer.close()
            if let end = seen.end, !(end is CancellationError) { throw end }
            return PublicTopic(records: seen.records)
        }
    }

    private final class Seen {
        var records: [ConsumedRecord] = []
        var end: (any Error)?
    }

    /// Each once, by its id, in the order in which a partition told them first.
    func events() throws -> [Int32: [AuditEvent]] {
        var known: [ID<Event>: AuditEvent] = [:]
        var events: [Int32: [AuditEvent]] = [:]
        for record in records {
            let event = try AuditEvent(parsing: record.value ?? [])
            if let before = known[event.id] {
                guard before == event else { throw Contradiction(description: "\(event.id): two events of one id") }
                continue
            }
            known[event.id] = event
            events[record.partition.number, default: []].append(event)
        }
        return events
    }

    /// What is wrong: from 1 to `end` each sequence is told by one event, and none before an earlier one of its partition.
    func faults(until end: Int64) throws -> [String] {
        let events = try events()
        let sequences = events.values.joined().map(\.sequence).sorted()
        let unordered = events.filter { $0.value.map(\.sequence) != $0.value.map(\.sequence).sorted() }.map(\.key)
        return (sequences == Array(1...max(1, end)) ? [] : ["sequences \(sequences.count) of \(end)"])
            + unordered.map { "partition \($0) is out of order" }
    }

    private struct Contradiction: Error, CustomStringConvertible { let description: String }
}

extension AuditHouse {
    /// Waits until the whole log is published, of which so many events are known.
    func publishes(_ count: Int) async throws {
        var last = ""
        do {
            try await eventually("\(count) events are published", within: .seconds(60)) {
                last = try await database.text(
                    "select (select sequence from audit.log_head) || ' and ' || (select sequence from audit.publication)"
                )
                return last == "\(count) and \(count)"
            }
        } catch { throw Unexpected(description: "\(error): \(last)") }
    }

    func publicTopic() async throws -> PublicTopic { try await PublicTopic.read(kafka) }

    /// What an earlier version had buried, as rows of a script.
    func bury(_ records: [Record]) async throws {
        let letters = records.enumerated().map { number, record in
            "('c', 'gatehouse.calls.v1', 0, \(1_000_000 + number), '\\x\(hexadecimal(record))', 'not known yet')"
        }
        try await database.script(
            """
            insert into audit.dead_letter (cluster, topic, partition, kafka_offset, value, reason)
            values \(letters.joined(separator: ", "))
            """)
    }

    private func hexadecimal(_ record: Record) -> String {
        (record.value ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
