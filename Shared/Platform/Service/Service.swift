public import GatehouseEventLoop
public import GatehouseHTTP
import GatehouseJSON
public import GatehouseKafka
import GatehouseModel
public import GatehousePostgres
import Glibc

/// A running service: one core, two listeners, PostgreSQL, Kafka, and the loops that belong to them. Lives on its core.
public final class Service {
    /// What is in flight at SIGTERM may take this long.
    private static let grace = Duration.seconds(8)

    public let settings: PlatformSettings
    public let core: Core
    public let events: Events
    public let log: Log
    public let metrics = Metrics()
    public let health = Health()
    public let postgres: Postgres
    public let producer: Producer
    /// The public listener's routes, and those of the internal one.
    public let router = Router()
    public let internalRouter = Router()
    public let api: API

    private struct Loop { let name: String, run: () async -> Void }
    private var loops: [Loop] = []
    private struct Farewell { let run: () async -> Void }
    private var farewells: [Farewell] = []
    private let stopping = Latch()
    private let alarm = Alarm()

    init(_ settings: PlatformSettings, producer own: [String: String], on core: isolated Core) throws {
        self.settings = settings
        self.core = core
        events = core.events
        log = settings.log
        postgres = Postgres(Postgres.Settings(settings.postgres), on: core)
        producer = try Producer(own.merging(settings.kafka) { $1 }, on: core, log: settings.log.kafka)
        api = API(router, try Assertion(secret: settings.assertionKey), settings.log)
        internalRouter.mount(health)
        internalRouter.mount(metrics)
        metrics.mount(postgres)
        metrics.mount(producer)
        health.check("postgres") { [postgres] in postgres.isReady ? nil : "no connection" }
    }

    /// `loop` runs from the time the service listens until it is cancelled, at the end.
    public func background(_ name: String, _ loop: @escaping () async -> Void) {
        loops.append(Loop(name: name, run: loop))
    }

    /// `farewell` runs when the service has stopped answering, before its connections close.
    public func atEnd(_ farewell: @escaping () async -> Void) { farewells.append(Farewell(run: farewell)) }

    /// A relay of this service's outbox; it runs in the background.
    public func relay(on core: isolated Core) -> OutboxRelay {
        let url = settings.postgres
        let relay = OutboxRelay(schema: settings.name.rawValue, producer, log, on: core) {
            try await Connection.open(Connection.Settings(url), on: core)
        }
        background("outbox relay") { await relay.run() }
        metrics.mount(relay)
        return relay
    }

    public func recorder() -> Recorder { Recorder(schema: settings.name.rawValue, producer, postgres, log, metrics) }

    /// Builds it, listens, and goes on in the background until it is stopped.
    static func start<Settings: Sendable>(
        _ platform: PlatformSettings, _ producer: [String: String], _ migrations: [Migration], _ settings: Settings,
        endsBySignal: Bool,
        _ build: @Sendable (Service, Settings, isolated Core) async throws -> Void
    ) async throws -> Running {
        let core = Core()
        return try await core.run { core in
            let service = try Service(platform, producer: producer, on: core)
            try await build(service, settings, core)
            service.watchSchema(Migrator(schema: platform.name.rawValue, migrations))
            try service.watchOwnTopics(on: core)
            let open = try service.server(platform.listen, service.router, on: core)
            let inner = try service.server(platform.internalListen, service.internalRouter, on: core)
            let running = Running(
                port: open.port, internalPort: inner.port, routes: service.router.routes,
                internalRoutes: service.internalRouter.routes, alarm: service.alarm, stopping: service.stopping)
            core.start {
                await service.run(open, inner, endsBySignal: endsBySignal)
                running.stopped.open()
                core.stop()
            }
            return running
        }
    }

    private func run(_ open: Server, _ inner: Server, endsBySignal: Bool) async {
        let stopping = stopping
        let signals = endsBySignal ? Signals([SIGTERM, SIGINT], events) { _ in stopping.open() } : nil
        let tasks = loops.map { loop in core.start { await loop.run() } }
        log.info("serving", ["port": .integer(Int64(open.port)), "internal_port": .integer(Int64(inner.port))])
        try? await stopping.wait()

        log.info("stopping")
        health.isStopping = true
        // The loops go on while what is in flight is answered: a barrier waits for them, and a lease lives by them.
        await open.drain(within: Self.grace)
        await inner.drain(within: .seconds(1))
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for farewell in farewells { await farewell.run() }
        await producer.close(within: .seconds(2))
        await postgres.close()
        log.info("stopped")
        withExtendedLifetime(signals) {}
    }

    private func server(_ listener: Listener, _ router: Router, on core: isolated Core) throws -> Server {
        try Server(
            Server.Settings(address: listener.address, port: listener.port), on: core, router: router,
            observe: metrics.observe,
            refuse: Response.init(_:))
    }

    /// Of a database that has lost commits nothing may be served.
    private func watchOwnTopics(on core: isolated Core) throws {
        guard let schema = Schema(rawValue: settings.name.rawValue) else { return }
        let lost = try LostCommits(schema, settings.kafka, postgres, log, on: core)
        background("own topics") {
            guard let found = await lost.run() else { return }
            self.log.error("the service stops", ["alarm": .string(found)])
            self.alarm.raise(found)
            self.stopping.open()
        }
    }

    /// Not ready before the schema has what this program needs; asked again until it has.
    private func watchSchema(_ migrator: Migrator) {
        var missing: String? = "not looked at yet"
        health.check("schema") { missing }
        let (postgres, events) = (postgres, events)
        background("schema") {
            while missing != nil, !Task.isCancelled {
                do {
                    let names = try await migrator.missing(postgres)
                    missing = names.isEmpty ? nil : "lacks \(names.joined(separator: ", ")): run migrate"
                } catch {
                    missing = "cannot be read: \(error)"
                }
                if missing != nil { try? await events.sleep(for: .milliseconds(200)) }
            }
        }
    }
}
