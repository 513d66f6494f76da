public import GatehouseEventLoop
import GatehouseModel
public import GatehousePostgres

/// What a command on the host works with: the schema's owner's rights, no listener, no Kafka.
public final class Host {
    public let configuration: Configuration
    public let postgres: Postgres
    public let core: Core
    public let events: Events
    public let log: Log
    /// Of the service's own head; nil where it has none.
    public let barrier: Barrier?

    init(_ settings: PlatformSettings, _ configuration: Configuration, on core: isolated Core) throws {
        self.configuration = configuration
        self.core = core
        events = core.events
        log = settings.log
        let postgres = Postgres(Postgres.Settings(settings.postgresOwner ?? settings.postgres), on: core)
        self.postgres = postgres
        barrier = Schema(rawValue: settings.name.rawValue).map { Barrier($0, postgres, on: core) }
    }
}

/// A command of one service on its host, like `policy bootstrap`.
public struct HostCommand: Sendable {
    let name: String
    /// One line of the help: the command, its options, what it does.
    let usage: String
    /// Without the dashes.
    let options: [String]
    let run: @Sendable (Host, Arguments) async throws -> Void

    public init(
        _ name: String, usage: String, options: [String],
        run: @escaping @Sendable (Host, Arguments) async throws -> Void
    ) {
        self.name = name
        self.usage = usage
        self.options = options
        self.run = run
    }
}
