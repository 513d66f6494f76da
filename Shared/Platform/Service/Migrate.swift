import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePostgres

/// `migrate`: the schema, then the topics that the service owns. Run again it does nothing. `--restored` begins another life of the schema.
struct Migrate {
    private let settings: PlatformSettings
    private let name: ServiceName
    private let migrations: [Migration]
    /// Nil unless the database has been restored, and where a schema has no head.
    private let restoration: Restoration?

    init(
        _ settings: PlatformSettings, name: ServiceName, _ migrations: [Migration], restoration: Restoration? = nil
    ) {
        self.settings = settings
        self.name = name
        self.migrations = migrations
        self.restoration = restoration
    }

    func run(on core: isolated Core) async throws {
        let url = settings.postgresOwner ?? settings.postgres
        var session = Connection.Settings(url)
        session.statementTimeout = nil
        session.lockTimeout = nil
        let connection = try await Connection.open(session, on: core)
        let applied = try await Migrator(schema: name.rawValue, migrations).run(connection)
        settings.log.info("schema is current", ["applied": .array(applied.map { .string($0) })])
        if let restoration {
            let (revision, raised) = try await restoration.run(connection, at: .now())
            settings.log.warning(
                "another life of the schema begins: tokens of before are dead; what was rotated, disabled or deleted since the backup is as it was",
                ["revision": .integer(revision), "epochs": .integer(raised)])
        }
        connection.close()

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
