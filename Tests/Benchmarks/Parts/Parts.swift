import GatehouseCrypto
import GatehouseEventLoop
import GatehousePostgres
import Glibc

/// What tokens and decisions are made of at least, each part alone: `Parts URL` prints the processor's µs for a signature, for its
/// check, and for a pipelined select.
@main struct Parts {
    private static let row = Statement("select secret_hmac from registry.published_credentials where client_id = $1") {
        try $0.bytea()
    }

    static func main() async throws {
        guard let url = CommandLine.arguments.dropFirst().first else { exit(2) }
        try await Core().run { core in
            let key = SigningKey()
            let message = [UInt8](repeating: 0x61, count: 400)
            let signing = try await perPart(5000) { for _ in 0..<5000 { _ = key.sign(message) } }
            let (verifyingKey, signature) = (key.verifyingKey, key.sign(message))
            let verifying = try await perPart(5000) {
                for _ in 0..<5000 { _ = verifyingKey.isValid(signature, of: message) }
            }
            let postgres = Postgres(Postgres.Settings(url), on: core)
            try await select(10_000, postgres, core)
            tell("connected")
            let selecting = try await perPart(100_000) { try await select(100_000, postgres, core) }
            tell("\(signing) \(verifying) \(selecting)")
            // Whoever looks at the server's side ends it.
            _ = readLine()
            await postgres.close()
        }
    }

    private static func tell(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// By 32 callers, each waiting for its row.
    private static func select(_ count: Int, _ postgres: Postgres, _ core: Core) async throws {
        let callers = (0..<32).map { _ in
            core.start { for _ in 0..<count / 32 { _ = try? await postgres.query(row, .text("none")) } }
        }
        for caller in callers { await caller.value }
    }

    private static func perPart(_ count: Int, _ work: () async throws -> Void) async throws -> Double {
        let before = used()
        try await work()
        return (used() - before) / Double(count) * 1e6
    }

    private static func used() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
