import GatehouseEventLoop

/// Callers in the order of their coming: bounded in number, and each for a bounded time.
final class WaitingLine<Caller> {
    private struct Place {
        let caller: Caller
        let deadline: ContinuousClock.Instant
    }
    private var places = Queue<Place>()
    private var isTimed = false
    private let limit: Int
    private let patience: Duration
    private let events: Events
    private let refuse: (Caller, PostgresError) -> Void

    /// `refuse` ends the wait of one whose turn does not come.
    init(limit: Int, patience: Duration, _ events: Events, refuse: @escaping (Caller, PostgresError) -> Void) {
        self.limit = limit
        self.patience = patience
        self.events = events
        self.refuse = refuse
    }

    var count: Int { places.count }

    func append(_ caller: Caller) throws(PostgresError) {
        guard places.count < limit else { throw .unavailable("too many wait for the database") }
        places.append(Place(caller: caller, deadline: .now + patience))
        watchTime()
    }

    func next() -> Caller? { places.popFirst()?.caller }

    func refuseAll(_ error: PostgresError) { while let caller = next() { refuse(caller, error) } }

    /// One timer, for the head: whoever stands behind it waits longer.
    private func watchTime() {
        guard !isTimed, let first = places.first else { return }
        isTimed = true
        events.after(first.deadline - .now) { [weak self] in
            guard let self else { return }
            isTimed = false
            while let first = places.first, first.deadline <= .now {
                _ = places.popFirst()
                refuse(first.caller, .unavailable("the database has no room in time"))
            }
            watchTime()
        }
    }
}
