import GatehouseEventLoop

/// A wait on the core that its task's cancellation does not end: closing goes on when all else has been cancelled.
final class Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            // Asked here: a turn may pass before a continuation's body runs.
            if isOpen { waiter.resume() } else { waiters.append(waiter) }
        }
    }

    /// Opens it after `limit` at the latest.
    func wait(within limit: Duration, _ events: Events) async {
        let timer = events.after(limit) { self.open() }
        defer { events.cancel(timer) }
        await wait()
    }
}
