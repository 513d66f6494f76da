import CMicroHTTPD
public import GatehouseEventLoop

/// An HTTP server: libmicrohttpd, with its epoll set inside the core's loop. It lives on its core, from its making until it is drained.
public final class Server {
    /// Where it listens.
    public let port: UInt16
    /// The connections that there are.
    public var load: Int { connections.count }

    let core: Core
    let events: Events
    let settings: Settings
    let route: (Request) throws(Refusal) -> Endpoint
    let refuse: (Refusal) -> Response
    let observe: ((Observation) -> Void)?
    var connections: [Connection] = []
    /// Requests whose first line has come, and whose answer's last byte has not gone.
    public internal(set) var inFlight = 0
    /// Counts while there are connections: the coarse clock of their deadlines.
    var tick: UInt32 = 0
    private(set) var isDraining = false
    private var daemon: OpaquePointer?
    private var listener: Listener?
    private var hook = 0
    private var isReady = true
    var hasStarted = false
    private var drained: Latch?

    /// `route` chooses at the headers who answers, `refuse` puts a refusal into words, `observe` is told of each answer.
    public init(
        _ settings: Settings, on core: isolated Core, observe: ((Observation) -> Void)? = nil,
        refuse: @escaping (Refusal) -> Response, route: @escaping (Request) throws(Refusal) -> Endpoint
    ) throws(Failure) {
        let listener = try Listener(settings.address, settings.port, backlog: settings.backlog)
        self.core = core
        events = core.events
        self.settings = settings
        self.route = route
        self.refuse = refuse
        self.observe = observe
        port = listener.port
        daemon = startDaemon(listener.descriptor)
        guard daemon != nil else { throw Failure(description: "libmicrohttpd does not start") }
        self.listener = consume listener
        core.events.watch(mhd_epoll_descriptor(daemon), for: .read) { _ in self.isReady = true }
        hook = core.events.everyTurn { self.turn() }
    }

    public convenience init(
        _ settings: Settings, on core: isolated Core, router: Router, observe: ((Observation) -> Void)? = nil,
        refuse: @escaping (Refusal) -> Response
    ) throws(Failure) {
        try self.init(settings, on: core, observe: observe, refuse: refuse) { request throws(Refusal) in
            try router.route(request)
        }
    }

    /// Why there is no server: the address, and the system's words.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// libmicrohttpd has something to do, though no descriptor says so.
    func resumed() { isReady = true }

    /// Some rounds in one turn: an answer that was resumed by one is sent by the next. But a task that was started begins first.
    private func turn() -> Int32 {
        var patience: UInt64 = 0
        hasStarted = false
        for _ in 0..<3 where !hasStarted {
            let timed = MHD_get_timeout(daemon, &patience) == .YES
            guard isReady || timed && patience == 0 else { return timed ? Int32(clamping: patience) : -1 }
            isReady = false
            MHD_run(daemon)
        }
        return 0
    }
}

extension Server {
    /// Takes no new connection, waits for what is in flight, and at the deadline ends that, too. Returns when nothing is left.
    public func drain(within deadline: Duration) async {
        guard !isDraining else { return }
        isDraining = true
        MHD_quiesce_daemon(daemon)
        listener = nil
        for case let request? in connections.map(\.request) where request.isEndless { request.task?.cancel() }
        if inFlight > 0 {
            let latch = Latch()
            drained = latch
            let timer = events.after(deadline) { latch.open() }
            try? await latch.wait()
            events.cancel(timer)
        }
        stop()
    }

    /// One request less in flight.
    func departed() {
        inFlight -= 1
        if inFlight == 0 { drained?.open() }
    }

    private func stop() {
        for case let request? in connections.map(\.request) {
            request.task?.cancel()
            finish(request, .plain(refuse(.unavailable)))
            request.pipe?.fail()
        }
        // libmicrohttpd cannot be stopped while a connection is suspended; none is after this.
        _ = turn()
        events.forget(hook: hook)
        events.forget(mhd_epoll_descriptor(daemon))
        MHD_stop_daemon(daemon)
        daemon = nil
    }
}
