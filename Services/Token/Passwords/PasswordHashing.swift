import GatehouseCrypto
import GatehouseEventLoop
import GatehouseModel
import GatehousePlatform

/// Makes and checks hashes on threads of their own, a few at a time: each takes a tenth of a second and 32 MiB. Who finds the line too
/// long is sent away at once. Lives on the core.
final class PasswordHashing {
    /// Waiting or being made, for each thread: a second or two, on a machine that has time.
    private static let line = 8

    private let workers: Workers
    private let room: Int
    private(set) var inFlight = 0
    private(set) var made = 0
    /// Checked for users who have none: so that it takes the same.
    private let nobodys: PasswordHash?

    init(threads: Int) {
        workers = Workers(threads)
        room = threads * Self.line
        let empty = { Base64URL.text([UInt8](repeating: 0, count: $0)) }
        nobodys = PasswordHash("$scrypt$\(PasswordHash.Parameters.current)$\(empty(16))$\(empty(32))")
    }

    func stop() { workers.stop() }

    /// Whether it is the one of the account. The same work for none, and for what can be no password.
    func isRight(_ password: Password?, for found: SignInStore.Finding) async throws -> Bool {
        guard let against = found.hash ?? nobodys else { preconditionFailure("a hash of nobody's is well-formed") }
        let bytes = password?.bytes ?? [0x20]
        let isRight = try await turn { against.isOf(bytes) }
        return isRight && found.hash != nil && password != nil
    }

    func hash(_ password: Password) async throws -> PasswordHash {
        try await turn { PasswordHash(of: password.bytes) }
    }

    private func turn<Result: Sendable>(_ work: @Sendable () -> Result) async throws -> Result {
        guard inFlight < room else {
            throw Problem(.unavailable, "Too many people are signing in at this moment. Try again.")
        }
        inFlight += 1
        made += 1
        defer { inFlight -= 1 }
        return await workers.run(work)
    }
}
