public import GatehouseEventLoop

extension Connection {
    public struct Settings: Sendable {
        /// A URL or `keyword=value …`, as libpq takes it; TLS by `sslmode` and its companions.
        public var conninfo: String
        /// The name in `pg_stat_activity`.
        public var name = "gatehouse"
        public var connectTimeout = Duration.seconds(5)
        /// The server's clock ends what takes longer; `nil`: nothing does (migrations).
        public var statementTimeout: Duration? = .seconds(10)
        public var lockTimeout: Duration? = .seconds(2)
        public var idleInTransactionTimeout: Duration? = .seconds(10)
        /// A prepared statement is planned anew for the values of each execution.
        public var plansForValues = false

        public init(_ conninfo: String) { self.conninfo = conninfo }

        fileprivate var complete: Conninfo {
            get throws(PostgresError) {
                var complete = try Conninfo(parsing: conninfo)
                complete.complete("fallback_application_name", name)
                complete.complete("client_encoding", "UTF8")
                complete.complete("gssencmode", "disable")
                // A peer that is gone is noticed within ten seconds.
                complete.complete("keepalives_idle", "5")
                complete.complete("keepalives_interval", "2")
                complete.complete("keepalives_count", "2")
                complete.complete("tcp_user_timeout", "10000")
                let limits = [
                    ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
                    ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
                ]
                for (name, limit) in limits { complete.append(option: name, limit?.milliseconds ?? 0) }
                // Its compiler takes a second where a statement of ours takes a millisecond.
                complete.append(option: "jit", "off")
                if plansForValues { complete.append(option: "plan_cache_mode", "force_custom_plan") }
                return complete
            }
        }
    }

    /// A connection of one's own, outside the lanes: close it.
    public static func open(_ settings: Settings, on core: isolated Core) async throws(PostgresError) -> Connection {
        try await open(settings, on: core.events)
    }

    /// The same, from what lives on the core.
    public static func open(_ settings: Settings, on events: Events) async throws(PostgresError) -> Connection {
        var failure = PostgresError.unavailable("no server is named")
        for candidate in try await settings.complete.candidates {
            do {
                return try await dial(candidate, settings, events)
            } catch .cancelled {
                throw .cancelled
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func dial(
        _ candidate: Conninfo.Candidate, _ settings: Settings, _ events: Events
    ) async throws(PostgresError) -> Connection {
        let deadline = ContinuousClock.now + settings.connectTimeout
        let link = Link(candidate)
        var progress = Link.Progress.writing  // as `PQconnectStart` leaves it
        while progress != .open {
            guard progress != .failed, link.isConnecting else { throw .unavailable(link.message) }
            try await ready(link.descriptor, for: progress == .reading ? .read : .write, until: deadline, events)
            progress = link.poll()
        }
        // The server may be frozen with its sockets open: then its own clock tells nothing.
        let patience = settings.statementTimeout.map { $0 + .seconds(1) }
        return try Connection(link, events, patience: patience)
    }

    /// Waits once: while it connects, libpq may change its socket.
    private static func ready(
        _ descriptor: Int32, for interest: Events.Interest, until deadline: ContinuousClock.Instant, _ events: Events
    ) async throws(PostgresError) {
        let latch = Latch()
        events.watch(descriptor, for: interest) { _ in latch.open() }
        let timer = events.after(deadline - .now) { latch.open() }
        defer {
            events.cancel(timer)
            events.forget(descriptor)
        }
        do { try await latch.wait() } catch { throw .cancelled }
        if ContinuousClock.now >= deadline { throw .unavailable("the server did not answer in time") }
    }
}
