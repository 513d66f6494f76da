import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePostgres

/// `migrate`: the schema, then the topics that the service owns. Run again it does nothing.
struct Migrate {
    private let settings: PlatformSettings
    private let name: ServiceName
    private let migrations: [Migration]

    init(_ settings: PlatformSettings, name: ServiceName, _ migrations: [Migration]) {
        self.settings = settings
        self.name = name
        self.migrations = migrations
    }

    func run(on core: isolated Core) async throws {
        let url = settings.postgresOwner ?? settings.postgres
        var session = Connection.Settings(url)
        session.statementTimeout = nil
        session.lockTimeout = nil
        let connection = try await Connection.open(session, on: core)
        let applied = try await Migrator(schema: name.rawValue, migrations).run(connection)
        connection.close()
        settings.log.info("schema is current", ["applied": .array(applied.map { .string($0) })])

        let topics = Topic.allCases.filter { $0.owner == name }
        guard !topics.isEmpty else { return }
        let admin = Admin(settings.kafka)
        let brokers = try await admin.brokers()
        let created = try await admin.create(topics.map { $0.made(on: brokers) })
        settings.log.info("topics exist", ["created": .array(created.map { .string($0) })])
    }
}

extension Topic {
    /// Short retention: the log is in PostgreSQL (07 § Erasure). Of three brokers one may be lost; what fewer do is the cluster's own default.
    fileprivate func made(on brokers: Int) -> TopicSettings {
        var topic = TopicSettings(name, partitions: Int32(partitions), replicationFactor: -1)
        topic.properties = ["cleanup.policy": "delete", "retention.ms": "\(30 * 86_400_000)"]
        if brokers >= 3 {
            topic.replicationFactor = 3
            topic.properties["min.insync.replicas"] = "2"
        }
        return topic
    }
}
