import CLinux
import Synchronization

/// A thread that waits in epoll and, between waits, runs the jobs of its `Core`.
public final class EventLoop: SerialExecutor, TaskExecutor {
    private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let wake = Wakeup()
    private let jobs = Mutex<[UnownedJob]>([])
    private let thread = Atomic<UInt>(0)
    private let stopped = Atomic<Bool>(false)

    /// A turn: what is ready goes in; jobs run, and after each batch of them the hooks; the longest the next wait may take (ms, -1: for
    /// ever) comes out.
    struct Turn: Sendable {
        let begin: @Sendable (_ ready: ArraySlice<epoll_event>) -> Void
        let hooks: @Sendable () -> Int32
        let end: @Sendable (_ patience: Int32) -> Int32
    }

    init() { control(EPOLL_CTL_ADD, wake.descriptor, EPOLLIN.rawValue) }

    deinit { close(epoll) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let first = jobs.withLock { jobs in
            defer { jobs.append(job) }
            return jobs.isEmpty
        }
        if first, isIsolatingCurrentContext() != true { wake.signal() }
    }

    public func isIsolatingCurrentContext() -> Bool? { thread.load(ordering: .relaxed) == UInt(pthread_self()) }
    public func checkIsolated() { precondition(isIsolatingCurrentContext() == true, "not on this loop") }

    func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
        epoll_ctl(epoll, operation, descriptor, &event)
    }

    func stop() {
        stopped.store(true, ordering: .releasing)
        wake.signal()
    }

    func start(_ turn: Turn) {
        let body = Unmanaged.passRetained(Body(loop: self, turn: turn))
        var id = pthread_t()
        let failed = pthread_create(
            &id, nil,
            { raw in
                guard let raw else { return nil }
                let body = Unmanaged<Body>.fromOpaque(raw).takeRetainedValue()
                body.loop.run(body.turn)
                return nil
            }, body.toOpaque())
        precondition(failed == 0, "no thread for an event loop")
        pthread_detach(id)
    }

    private final class Body: Sendable {
        let loop: EventLoop, turn: Turn
        init(loop: EventLoop, turn: Turn) {
            self.loop = loop
            self.turn = turn
        }
    }

    private func run(_ turn: Turn) {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var batch: [UnownedJob] = []
        var patience: Int32 = 0
        while !stopped.load(ordering: .acquiring) {
            let ready = max(0, Int(epoll_wait(epoll, &events, Int32(events.count), patience)))
            if events[..<ready].contains(where: { $0.data.fd == wake.descriptor }) { wake.drain() }
            turn.begin(events[..<ready])
            // A few rounds a turn: jobs that make jobs cannot keep the loop from its descriptors.
            for _ in 0..<4 {
                jobs.withLock { swap(&$0, &batch) }
                for job in batch {
                    job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
                }
                batch.removeAll(keepingCapacity: true)
                patience = turn.hooks()
                if jobs.withLock(\.isEmpty) { break }
                patience = 0  // our own jobs wake nobody
            }
            if patience != 0 { patience = turn.end(patience) }
        }
    }
}
