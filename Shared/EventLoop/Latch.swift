import Synchronization

/// Opened once, by anyone on any thread; waited for by one task at a time.
public final class Latch: Sendable {
    private enum State {
        case closed
        case waited(CheckedContinuation<Void, Never>)
        case open
    }
    private let state = Mutex(State.closed)

    public init() {}

    public func open() {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .open }
            if case .waited(let continuation) = state { return continuation }
            return nil
        }
        waiter?.resume()
    }

    /// Returns when the latch is open; throws when the task is cancelled, which opens it.
    public func wait() async throws(CancellationError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let open = state.withLock { state in
                    if case .open = state { return true }
                    state = .waited(continuation)
                    return false
                }
                if open { continuation.resume() }
            }
        } onCancel: {
            open()
        }
        if Task.isCancelled { throw CancellationError() }
    }
}
