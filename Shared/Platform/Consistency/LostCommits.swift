import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePostgres

/// Reads the service's own topics, for as long as it runs, and looks whether they tell of a change that its database does not know: then
/// commits were lost, by a restore or a failover, and what was revoked since lives again (04 § Restore).
final class LostCommits {
    /// They are told in order, so the last records tell enough; a deposed relay's repeats may stand behind them.
    private static let last: Int64 = 500
    private static let rest = Duration.seconds(1)
    /// A failover takes a head back without a record that says so.
    private static let pace = Duration.seconds(5)

    private struct Head {
        let incarnation: String
        let revision: Int64
    }

    private let schema: Schema
    private let topics: [String]
    private let consumer: Consumer
    private let postgres: Postgres
    private let read: Statement<Head>
    private let core: Core
    private let events: Events
    private let log: Log
    /// Partitions whose last records say nothing of a revision, and how many were read there.
    private var silent: [Partition: Int64] = [:]
    private var ends: [Partition: Int64] = [:]
    /// The newest revision that was told, by its incarnation.
    private var told: [String: Int64] = [:]

    init(
        _ schema: Schema, _ kafka: [String: String], _ postgres: Postgres, _ log: Log, on core: isolated Core
    ) throws {
        self.schema = schema
        topics = Topic.allCases.filter { $0.owner.rawValue == schema.rawValue && $0.tellsRevisions }.map(\.name)
        consumer = try Consumer(kafka, on: core, log: log.kafka)
        self.postgres = postgres
        read = Self.read(schema)
        self.core = core
        events = core.events
        self.log = log
    }

    /// What was found, in words; nil when the task is cancelled first.
    func run() async -> String? {
        let comparing = core.start { await self.compareAgainAndAgain() }
        defer { comparing.cancel() }
        var depth = Self.last
        while !Task.isCancelled {
            do {
                try await read(back: depth)
            } catch let found as Found {
                await consumer.close(within: .seconds(1))
                return found.description
            } catch is TooShort {
                depth = depth.multipliedReportingOverflow(by: 8).overflow ? .max : depth * 8
                continue
            } catch KafkaError.offsetOutOfRange {
                // Most of what there was is gone by its age.
                depth = .max
            } catch {
                if Task.isCancelled { break }
                log.debug("own records cannot be looked at", ["cause": .string("\(error)")])
            }
            try? await events.sleep(for: Self.rest)
        }
        await consumer.close(within: .seconds(1))
        return nil
    }

    private func read(back depth: Int64) async throws {
        ends = try await consumer.ends(of: topics)
        silent = ends.filter { $0.value > depth }
        try consumer.assign(ends.mapValues { $0 > depth ? .at($0 - depth) : .beginning })
        try await consumer.run { records in
            for record in records { try self.look(at: record) }
            try await self.compare()
        }
    }

    private func look(at record: ConsumedRecord) throws {
        guard let change = Self.change(record) else {
            // Facts about objects are no changes of the head, and there may be any number of them.
            let isLast = ends[record.partition].map { record.offset + 1 >= $0 } ?? true
            if isLast, silent[record.partition] != nil { throw TooShort() }
            return
        }
        silent[record.partition] = nil
        told[change.incarnation] = max(told[change.incarnation] ?? 0, change.revision)
    }

    private static func change(_ record: ConsumedRecord) -> Head? {
        guard let data = record.value.flatMap({ try? JSON(parsing: $0) })?["data"],
            let revision = data["revision"]?.integer, let incarnation = data["incarnation"]?.string
        else { return nil }
        return Head(incarnation: incarnation, revision: revision)
    }

    /// The head is read after the record: a change is told once it has committed.
    private func compare() async throws {
        // What was told is taken first: the head may only be newer.
        let told = told
        guard !told.isEmpty, let head = try await postgres.query(read).first else { return }
        guard let newest = told[head.incarnation], newest > head.revision else { return }
        throw Found(schema: schema, told: newest, known: head.revision)
    }

    private func compareAgainAndAgain() async {
        while (try? await events.sleep(for: Self.pace)) != nil {
            do { try await compare() } catch let found as Found {
                consumer.interrupt(with: found)
            } catch { log.debug("the head cannot be looked at", ["cause": .string("\(error)")]) }
        }
    }

    private struct TooShort: Error {}

    private struct Found: Error, CustomStringConvertible {
        let schema: Schema
        let told: Int64
        let known: Int64

        var description: String {
            """
            the database has lost changes: \(schema.rawValue) has told of revision \(told) and knows \(known). \
            What was revoked since may live again; run `\(schema.rawValue) migrate --restored`
            """
        }
    }

    private static func read(_ schema: Schema) -> Statement<Head> {
        Statement("select incarnation::text, revision from \(schema.rawValue).head") { row in
            let incarnation = try row.text()
            return Head(incarnation: incarnation, revision: try row.int8())
        }
    }

    static func samples(of schema: Schema) -> [StatementSample] { [StatementSample(read(schema))] }
}

extension Topic {
    /// Where each record is a change, stamped with its revision.
    fileprivate var tellsRevisions: Bool {
        switch self {
        case .applications, .secretRotations, .access, .revocations: true
        case .tokens, .calls, .blockedRequests, .audit: false
        }
    }
}
