public import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
public import GatehousePostgres

/// Removes claims that have ended, and the answers kept for them.
///
/// Their key is unique over all days, as no partition by day could have it; so they are deleted, a batch at a time.
public final class ClaimSweeper {
    private static let pace = Duration.seconds(60)

    private let store: ClaimStore
    private let postgres: Postgres
    private let events: Events
    private let log: Log

    public init(_ schema: Schema, _ postgres: Postgres, _ log: Log, on core: isolated Core) {
        store = ClaimStore(schema)
        self.postgres = postgres
        self.log = log
        events = core.events
    }

    /// Until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            var isMore = false
            do { isMore = try await store.sweep(at: .now(), postgres) } catch {
                log.debug("claims are not swept", ["cause": .string("\(error)")])
            }
            try? await events.sleep(for: isMore ? .milliseconds(100) : Self.pace)
        }
    }
}
