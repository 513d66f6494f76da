import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport

/// The registry's outbox, a Kafka of its own, and what may stand between them.
final class Mailroom {
    /// A change with its facts, as services make it.
    private static let change = Statement(
        """
        with \(Outbox.head(of: .registry)), changed as (select from head), \(Outbox.told(in: .registry, "$1"))
        select revision from head
        """
    ) { try $0.revision() }

    let core: Core
    let database: TestDatabase
    let kafka: [String: String]
    /// Stands before the database.
    let proxy: TestProxy
    let postgres: Postgres
    let producer: Producer
    let metrics = Metrics()
    private let log = Log("mailroom", level: .error)

    /// With a broker that may be stopped and paused.
    static func open(
        topics: [Topic] = Topic.allCases, _ story: @Sendable (Mailroom, LocalBroker, isolated Core) async throws -> Void
    ) async throws {
        try await withDatabase { database, core in
            let broker = try LocalBroker()
            defer { broker.remove() }
            let room = try Mailroom(database, broker.servers, on: core)
            try await room.make(topics)
            try await story(room, broker, core)
            await room.close()
        }
    }

    /// With a broker that takes orders to fail.
    static func openOnMock(
        _ story: @Sendable (Mailroom, MockCluster, isolated Core) async throws -> Void
    ) async throws {
        try await withDatabase { database, core in
            let cluster = try MockCluster(brokers: 1)
            cluster.create(Topic.applications.name, partitions: 1)
            let room = try Mailroom(database, cluster.servers, on: core)
            try await story(room, cluster, core)
            await room.close()
        }
    }

    private static func withDatabase(
        _ body: @Sendable (TestDatabase, isolated Core) async throws -> Void
    ) async throws {
        let database = try await MigratedDatabase.make()
        let core = Core()
        defer { core.stop() }
        do { try await core.run { core in try await body(database, core) } } catch {
            try? await database.drop()
            throw error
        }
        try await database.drop()
    }

    private init(_ database: TestDatabase, _ servers: String, on core: isolated Core) throws {
        self.core = core
        self.database = database
        kafka = ["bootstrap.servers": servers, "topic.metadata.propagation.max.ms": "300"]
        proxy = try TestProxy(to: TestDatabase.port())
        proxy.allow(.max)
        postgres = Postgres(Postgres.Settings(try database.url(port: proxy.port)), on: core)
        producer = try Producer(kafka, on: core) { _ in }
    }

    func make(_ topics: [Topic]) async throws {
        try await Admin(kafka).create(topics.map { TopicSettings($0.name, partitions: Int32($0.partitions)) })
    }

    private func close() async {
        await producer.close()
        await postgres.close()
        proxy.stop()
    }
}

// MARK: - Facts

extension Mailroom {
    func fact(
        _ key: String, _ type: EventType = .applicationUpdated, count: Int = 1, at now: Timestamp = .now()
    ) -> OutgoingFact {
        OutgoingFact(type, key: key, subject: key, data: ["count": .integer(Int64(count))], at: now)
    }

    /// A change about `key`: its revision.
    @discardableResult
    func change(_ key: String, _ type: EventType = .applicationUpdated) async throws -> Revision? {
        try await postgres.write(Self.change, [.jsonb([fact(key, type)].json.bytes)]).first
    }

    /// The same in a transaction, which `end` holds open, and may undo.
    func change(_ key: String, _ end: () async throws -> Void) async throws {
        try await postgres.transaction { connection in
            try await connection.query(Self.change, [.jsonb([fact(key)].json.bytes)])
            try await end()
        }
    }

    func recorder(_ other: Producer? = nil) -> Recorder {
        Recorder(schema: "registry", other ?? producer, postgres, log, metrics)
    }

    /// What is not acknowledged by Kafka.
    func waiting() async throws -> Int {
        try await database.query(Statement("select count(*) from registry.outbox") { Int(try $0.int8()) }).first ?? 0
    }
}

// MARK: - Relays

extension Mailroom {
    /// One at work, until it is cancelled.
    struct Work {
        let relay: OutboxRelay
        let task: Task<Void, Never>

        func end() async {
            task.cancel()
            await task.value
        }
    }

    func relay(patience: Duration = LeaderSession.patience, on core: isolated Core) throws -> Work {
        let url = try database.url(as: "registry")
        let relay = OutboxRelay(schema: "registry", producer, log, patience: patience, on: core) {
            try await Connection.open(Connection.Settings(url), on: core)
        }
        return Work(relay: relay, task: core.start { await relay.run() })
    }

    /// Ends the sessions of those who lead.
    func cutLeader() async throws {
        try await database.query(
            Statement(
                """
                select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
                where l.locktype = 'advisory' and l.granted and d.datname = current_database()
                """
            ) { try $0.bool() })
    }
}
