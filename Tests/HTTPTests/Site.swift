import GatehouseEventLoop
import GatehouseHTTP
import TestSupport

/// A server on a core of its own, for one test, and what its handlers and its observer have seen.
final class Site {
    let router = Router()
    let server: Server
    let core: Core
    let events: Events
    let log: Log

    final class Log {
        var seen: [String] = []
        var observed: [String] = []
    }

    /// Runs `story` on the core; what it makes stays there.
    static func run(
        _ settings: Server.Settings = Server.Settings(), _ story: @Sendable (Site) async throws -> Void
    ) async throws {
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let site = try Site(settings, core)
            try await story(site)
            await site.server.drain(within: .zero)
        }
    }

    private init(_ settings: Server.Settings, _ core: isolated Core) throws {
        let log = Log()
        self.log = log
        self.core = core
        events = core.events
        server = try Server(
            settings, on: core, router: router,
            observe: { log.observed.append("\($0.method) \($0.template) \($0.status)") },
            refuse: { Response($0.status, $0.headers, text: "\($0)") })
    }

    func client(address: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws -> RawClient {
        try RawClient(server.port, events, address: address, receiveBuffer: receiveBuffer)
    }

    /// One request on a connection of its own.
    func ask(_ request: String) async throws -> RawAnswer {
        let client = try client()
        try await client.send(request)
        return try await client.receive(ofHead: request.hasPrefix("HEAD"))
    }

    /// Waits until something is so.
    func wait(until condition: () -> Bool) async throws {
        for _ in 0..<5_000 where !condition() { try await events.sleep(for: .milliseconds(2)) }
        guard condition() else { throw RawClient.TimedOut() }
    }

    /// A handler that tells the log what it is given.
    func echo(_ request: Request) -> Reply {
        log.seen.append("\(request.method) \(request.target)")
        return .now(Response(200, text: String(decoding: request.body, as: UTF8.self)))
    }
}

extension Refusal {
    fileprivate var status: Int {
        switch self {
        case .malformed: 400
        case .notFound: 404
        case .methodNotAllowed: 405
        case .contentTooLarge: 413
        case .unsupportedMediaType: 415
        case .unavailable: 503
        case .failed: 500
        }
    }

    fileprivate var headers: [Response.Header] {
        switch self {
        case .methodNotAllowed(let methods): [("Allow", methods.joined(separator: ", "))]
        default: []
        }
    }
}

let get = "GET /echo HTTP/1.1\r\nHost: here\r\n\r\n"

func post(_ body: String, to path: String = "/echo", type: String = "text/plain") -> String {
    "POST \(path) HTTP/1.1\r\nHost: here\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
