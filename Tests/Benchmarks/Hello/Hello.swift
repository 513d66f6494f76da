import GatehouseEventLoop
import GatehouseHTTP
import Glibc

/// Our hello-world, against `hello.c`. `Hello PORT`: `/now` is answered in the callback, `/later` by a task that waits for a turn of its core.
@main struct Hello {
    /// What waits for the turn after the next: long enough for its connection to be suspended.
    private final class Waiting {
        var next: [CheckedContinuation<Void, Never>] = []
        var due: [CheckedContinuation<Void, Never>] = []
        func turn() async { await withCheckedContinuation { next.append($0) } }
        func resume() -> Int32 {
            for continuation in due { continuation.resume() }
            due.removeAll(keepingCapacity: true)
            swap(&due, &next)
            return due.isEmpty ? -1 : 0
        }
    }

    static func main() async throws {
        guard let port = CommandLine.arguments.dropFirst().first.flatMap(UInt16.init) else { exit(2) }
        let core = Core()
        try await core.run { core in
            let waiting = Waiting()
            core.events.everyTurn(waiting.resume)
            let router = Router()
            let hello = Response(200, [("Content-Type", "text/plain")], Array("hello\n".utf8))
            router.on("GET", "/now") { _ in .now(hello) }
            router.on("GET", "/later") { _ in
                .later {
                    await waiting.turn()
                    return hello
                }
            }
            _ = try Server(Server.Settings(port: port), on: core, router: router) { Response(500, text: "\($0)") }
            print("ready")
            fflush(nil)
            try await core.events.sleep(for: .seconds(1_000_000))
        }
    }
}
