import GatehouseEventLoop
import GatehouseHTTP
import GatehousePlatform
import Glibc

/// The organisation's API of the local run, behind the edge at `/rest/v2`: a reference for resource servers. It trusts policy for
/// everything but what only it can know: it filters its lists, and checks the domains inside bodies, by `X-Gatehouse-Domains`.
@main struct SampleAPI {
    static func main() async throws {
        Signals.ignoreBrokenPipes()
        let listener = try Configuration().listener("LISTEN", default: "127.0.0.1:8081")
        try await Core().run { core in
            let router = Router()
            for area in Area.all { AreaRoutes(area).mount(on: router) }
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
