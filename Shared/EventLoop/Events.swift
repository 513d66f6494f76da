import CLinux

/// What a core waits for: descriptors, moments, the end of each turn. Not Sendable: whoever holds it lives on the core, and needs no lock.
public final class Events {
    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let read = Interest(rawValue: EPOLLIN.rawValue)
        public static let write = Interest(rawValue: EPOLLOUT.rawValue)
        /// Only reported, never asked for: the peer is gone, or the descriptor failed.
        public static let hangup = Interest(rawValue: EPOLLHUP.rawValue)
        public static let failure = Interest(rawValue: EPOLLERR.rawValue)
    }

    // Closures stand in structs: a bare one in a generic container gains a thunk at each access.
    private struct Watch { let ready: (Interest) -> Void }
    private struct Hook { let run: () -> Int32 }
    private let loop: EventLoop
    private var watches: [Int32: Watch] = [:]
    private struct Closing { let run: () -> Void }
    private var hooks: [Int: Hook] = [:]
    private var closings: [Closing] = []
    private var hooksMade = 0
    private var timers = Timers()

    init(_ loop: EventLoop) { self.loop = loop }

    /// Traps unless it is called on the core. A closure that is passed to a library built in the old way (`#expect(throws:)`) leaves it,
    /// and the compiler does not say so.
    public func check() { loop.checkIsolated() }

    /// Calls `ready` in each turn in which `descriptor` is ready, until it is forgotten. Level-triggered.
    public func watch(_ descriptor: Int32, for interest: Interest, _ ready: @escaping (Interest) -> Void) {
        let known = watches.updateValue(Watch(ready: ready), forKey: descriptor) != nil
        loop.control(known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, interest.rawValue)
    }

    public func change(_ descriptor: Int32, to interest: Interest) {
        loop.control(EPOLL_CTL_MOD, descriptor, interest.rawValue)
    }

    /// To be called before `descriptor` is closed.
    public func forget(_ descriptor: Int32) {
        guard watches.removeValue(forKey: descriptor) != nil else { return }
        loop.control(EPOLL_CTL_DEL, descriptor, 0)
    }

    /// `hook` runs at the end of each turn, and answers how long the next wait may take (ms, -1: for ever). The result takes it away.
    @discardableResult
    public func everyTurn(_ hook: @escaping () -> Int32) -> Int {
        hooksMade += 1
        hooks[hooksMade] = Hook(run: hook)
        return hooksMade
    }

    /// Runs `body` once, after the jobs and the hooks: what they have gathered goes out together.
    public func atEndOfTurn(_ body: @escaping () -> Void) { closings.append(Closing(run: body)) }

    public func forget(hook: Int) { hooks[hook] = nil }

    /// Runs `body` once, after `delay`, in a turn of the core. The result cancels it.
    @discardableResult
    public func after(_ delay: Duration, _ body: @escaping () -> Void) -> Timer {
        timers.add(ContinuousClock.now + delay, body)
    }

    public func cancel(_ timer: Timer) { timers.remove(timer) }

    /// Waits on the core. Ends early, with the error, when the task is cancelled.
    public func sleep(for delay: Duration) async throws(CancellationError) {
        let latch = Latch()
        let timer = after(delay) { latch.open() }
        defer { cancel(timer) }
        try await latch.wait()
    }

    func beginTurn(_ ready: ArraySlice<epoll_event>) {
        for event in ready { watches[event.data.fd]?.ready(Interest(rawValue: event.events)) }
        let now = ContinuousClock.now
        while let action = timers.due(at: now) { action() }
    }

    /// After the jobs: hooks send in this turn what those have made.
    func runHooks() -> Int32 {
        var patience: Int32 = -1
        for hook in hooks.values {
            let wish = hook.run()
            if wish >= 0, patience < 0 || wish < patience { patience = wish }
        }
        while !closings.isEmpty {
            let due = closings
            closings = []
            for closing in due { closing.run() }
        }
        return patience
    }

    /// A hook may have set a timer, so the timers are asked last.
    func endTurn(_ patience: Int32) -> Int32 {
        let timer = timers.isEmpty ? -1 : timers.patience(at: .now)
        return patience < 0 || timer >= 0 && timer < patience ? timer : patience
    }
}
