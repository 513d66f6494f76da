import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// The rules of sessions: used, they live on; unused, or at their whole age, they end.
final class Sessions {
    /// Their end is moved by steps, not with every request.
    private static let step = Duration.seconds(60)
    private static let pace = Duration.seconds(60)

    private let store: SessionStore
    private let lives: SessionLives
    private let events: Events
    private let log: Log

    init(_ store: SessionStore, _ lives: SessionLives, _ log: Log, on core: isolated Core) {
        self.store = store
        self.lives = lives
        self.log = log
        events = core.events
    }

    func begin(at now: Timestamp, replacing digest: [UInt8]?) -> NewSession { lives.begin(at: now, replacing: digest) }

    /// The session behind a digest, if it lives; from now on it lives on for the idle time.
    func use(_ digest: [UInt8], from address: Address, at now: Timestamp) async throws -> Session? {
        guard let session = try await store.find(digest, from: address, at: now) else { return nil }
        let idle = min(now + lives.idle, session.expires)
        if idle - session.idleUntil >= min(Self.step, lives.idle / 10) {
            try await store.touch(digest, until: idle)
        }
        return session
    }

    /// Until the task is cancelled: removes what has ended.
    func sweep() async {
        while !Task.isCancelled {
            var isMore = false
            do { isMore = try await store.sweep(at: .now()) } catch {
                log.debug("sessions are not swept", ["cause": .string("\(error)")])
            }
            try? await events.sleep(for: isMore ? .milliseconds(100) : Self.pace)
        }
    }
}
