public import GatehouseEventLoop
public import GatehouseModel
import GatehousePostgres
import Glibc

/// What the command line can ask of an executable: `serve`, `migrate`, `check-config`, and the service's own host commands.
public struct Program<Settings: Sendable>: Sendable {
    private let name: ServiceName
    private let migrations: [Migration]
    private let settings: @Sendable (Configuration) throws -> Settings
    private let commands: [HostCommand]
    private let producer: [String: String]
    private let serve: @Sendable (Service, Settings, isolated Core) async throws -> Void

    /// `settings` reads and checks the service's own configuration; `serve` builds its routes and loops, and returns.
    /// `producer`: what its records need of librdkafka beside what all do; the operator's settings count more.
    public init(
        _ name: ServiceName, migrations: [Migration], settings: @escaping @Sendable (Configuration) throws -> Settings,
        commands: [HostCommand] = [], producer: [String: String] = [:],
        serve: @escaping @Sendable (Service, Settings, isolated Core) async throws -> Void
    ) {
        self.name = name
        self.migrations = migrations
        self.settings = settings
        self.commands = commands
        self.producer = producer
        self.serve = serve
    }

    /// Ends the process: 0 when done, 1 when it failed, 2 when it was called wrongly.
    public func run() async -> Never {
        Signals.ignoreBrokenPipes()
        do {
            try await perform(Arguments(CommandLine.arguments.dropFirst()))
            Self.end(0)
        } catch let error as UsageError {
            complain("\(error.description)\n\(usage)")
            Self.end(2)
        } catch {
            complain("\(name.rawValue): \(error)")
            Self.end(1)
        }
    }

    /// Without the farewells of C libraries: libcrypto frees its locks there, while other threads may still be in a handshake.
    private static func end(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }

    /// What `serve` does, for whoever ends it from within the process.
    public func start(_ configuration: Configuration, endsBySignal: Bool = false) async throws -> Running {
        try await Service.start(
            PlatformSettings(configuration, name: name), producer, migrations, settings(configuration),
            endsBySignal: endsBySignal, serve)
    }

    private func perform(_ arguments: Arguments) async throws {
        switch arguments.command {
        case "serve":
            try arguments.takes([])
            let configuration = try Configuration()
            try Fault(configuration)?.arm()
            try await start(configuration, endsBySignal: true).end()
        case "check-config":
            try arguments.takes([])
            let configuration = try Configuration()
            _ = try settings(configuration)
            _ = try PlatformSettings(configuration, name: name)
            _ = try Fault(configuration)
            print("\(name.rawValue): the configuration is valid")
        case "migrate":
            try arguments.takes([], flags: ["restored"])
            let platform = try PlatformSettings(Configuration(), name: name)
            let isRestored = arguments.has("restored")
            if isRestored, Schema(rawValue: name.rawValue) == nil {
                throw UsageError("\(name.rawValue) has no head: nothing of it is revoked, or lives again")
            }
            try await Core().run { [name, migrations] core in
                let schema = isRestored ? Schema(rawValue: name.rawValue) : nil
                let restoration = schema.map { Restoration($0) }
                try await Migrate(platform, name: name, migrations, restoration: restoration).run(on: core)
            }
        case "help", "--help", "-h": print(usage)
        case let command?:
            guard let command = commands.first(where: { $0.name == command }) else {
                throw UsageError("\(name.rawValue) has no command '\(command)'")
            }
            try arguments.takes(command.options)
            let configuration = try Configuration()
            let platform = try PlatformSettings(configuration, name: name)
            try await Core().run { core in
                let host = try Host(platform, configuration, on: core)
                try await command.run(host, arguments)
                await host.postgres.close()
            }
        case nil: throw UsageError("\(name.rawValue): which command?")
        }
    }

    private var usage: String {
        let lines = [
            "serve",
            "migrate          bring the database and the topics to what this program needs; --restored: after a restore",
            "check-config     say whether the configuration is valid",
        ]
        return "usage: \(name.rawValue) COMMAND\n" + (lines + commands.map(\.usage)).map { "  \($0)\n" }.joined()
    }

    private func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
