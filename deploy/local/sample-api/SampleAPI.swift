import GatehouseEventLoop
import GatehouseHTTP
import GatehousePlatform
import Glibc

/// The organisation's API of the local run, behind the edge at `/rest/v2`: a reference for resource servers. It trusts policy for
/// everything but what only it can know: it filters its lists, checks the domains inside bodies by `X-Gatehouse-Domains`, and keeps the
/// resource directory in step with what it holds.
@main struct SampleAPI {
    static func main() async throws {
        Signals.ignoreBrokenPipes()
        let configuration = try Configuration()
        let listener = try configuration.listener("LISTEN", default: "127.0.0.1:8081")
        let origin = try configuration.text("ORIGIN")
        let client = try Directory.Client(configuration)
        try await Core().run { core in
            let router = Router()
            let directory = Directory(origin, client, core.events)
            for area in Area.all { AreaRoutes(area, directory).mount(on: router) }
            let server = try Server(
                Server.Settings(address: listener.address, port: listener.port), on: core, router: router,
                refuse: Response.init(_:))
            let stopping = Latch()
            let signals = Signals([SIGTERM, SIGINT], core.events) { _ in stopping.open() }
            try? await stopping.wait()
            await server.drain(within: .seconds(8))
            withExtendedLifetime(signals) {}
        }
    }
}
