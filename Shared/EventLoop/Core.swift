/// A processor: a thread with its event loop, and all that lives on it — an HTTP server, PostgreSQL connections, handlers. Those are
/// plain classes that are not Sendable and never leave; they share no state with another core and need no lock.
///
/// A core lives, with its thread, until it is stopped.
public actor Core {
    public nonisolated let loop = EventLoop()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public let events: Events

    public init() {
        events = Events(loop)
        // The loop's thread is the core: it need not ask itself, some times a turn, whether it is.
        let own = Crossing(arguments: events)
        loop.start(
            EventLoop.Turn(
                begin: { own.arguments.beginTurn($0) }, hooks: { own.arguments.runHooks() },
                end: { own.arguments.endTurn($0) }))
    }

    /// Ends the thread after its current turn: nothing that is enqueued later runs. For the end of a process or of a test.
    public nonisolated func stop() { loop.stop() }

    // Isolation alone would do, but for speed: without the preference each resumption takes a detour over the global pool.

    /// Runs `body` here; what lives on the core is made and used in it.
    public func run<Result: Sendable>(_ body: @Sendable (isolated Core) async throws -> Result) async rethrows -> Result
    {
        try await withTaskExecutorPreference(loop) { try await body(self) }
    }

    /// Starts a task of this core, from the core. It begins in the caller's turn, once the caller has returned.
    ///
    /// Give `body` no capture list: with one, Swift 6.3 takes an asynchronous closure off its caller's core, to the global pool.
    @discardableResult
    public nonisolated func start(_ body: @escaping () async -> Void) -> Task<Void, Never> {
        enter(with: body) { body, core in
            Task.immediate(executorPreference: loop) {
                _ = core
                await body()
            }
        }
    }

    /// Enters the core from a callback that one of its turns made. C cannot say on which thread it calls: this is the one
    /// unchecked crossing, and `assumeIsolated` traps where it is wrong.
    public nonisolated func enter<Arguments, Result: Sendable>(
        with arguments: Arguments, _ body: @Sendable (Arguments, isolated Core) -> Result
    ) -> Result {
        let crossing = Crossing(arguments: arguments)
        return assumeIsolated { core in body(crossing.arguments, core) }
    }
    private struct Crossing<Arguments>: @unchecked Sendable { let arguments: Arguments }
}
