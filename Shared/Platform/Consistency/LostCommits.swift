import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePostgres

/// Reads the service's own topics and looks whether they tell of a change that its database does not know: then commits were lost, by a
/// restore or a failover, and what was revoked since lives again (04 § Restore).
final class LostCommits {
    /// They are told in order, so the last records tell enough; a deposed relay's repeats may stand behind them.
    private static let last: Int64 = 500
    private static let rest = Duration.seconds(1)

    private struct Head {
        let incarnation: String
        let revision: Int64
    }

    private let schema: Schema
    private let topics: [String]
    private let consumer: Consumer
    private let postgres: Postgres
    private let read: Statement<Head>
    private let events: Events
    private let log: Log
    private var head: Head?

    init(
        _ schema: Schema, _ kafka: [String: String], _ postgres: Postgres, _ log: Log, on core: isolated Core
    ) throws {
        self.schema = schema
        topics = Topic.allCases.filter { $0.owner.rawValue == schema.rawValue && $0.tellsRevisions }.map(\.name)
        consumer = try Consumer(kafka, on: core, log: log.kafka)
        self.postgres = postgres
        read = Self.read(schema)
        events = core.events
        self.log = log
    }

    /// What was found, in words; nil when the task is cancelled first.
    func run() async -> String? {
        var fromBeginning = false
        while !Task.isCancelled {
            do {
                let ends = try await consumer.ends(of: topics)
                try consumer.assign(
                    ends.mapValues { fromBeginning || $0 <= Self.last ? .beginning : .at($0 - Self.last) })
                try await consumer.run { records in try await self.look(at: records) }
            } catch let found as Found {
                await consumer.close(within: .seconds(1))
                return found.description
            } catch KafkaError.offsetOutOfRange {
                // Most of what there was is gone by its age.
                fromBeginning = true
            } catch {
                if Task.isCancelled { break }
                log.debug("own records cannot be looked at", ["cause": .string("\(error)")])
            }
            try? await events.sleep(for: Self.rest)
        }
        await consumer.close(within: .seconds(1))
        return nil
    }

    private func look(at records: [ConsumedRecord]) async throws {
        for record in records {
            guard let data = record.value.flatMap({ try? JSON(parsing: $0) })?["data"],
                let revision = data["revision"]?.integer, let incarnation = data["incarnation"]?.string
            else { continue }
            if let head, head.incarnation == incarnation, revision <= head.revision { continue }
            // Read after the record: a change is told once it has committed.
            head = try await postgres.query(read).first
            guard let head, head.incarnation == incarnation, revision > head.revision else { continue }
            throw Found(schema: schema, told: revision, known: head.revision)
        }
    }

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
