public import GatehouseEventLoop
public import GatehouseModel
public import GatehousePostgres

/// Waits until no replica of policy can act on the state before a change (04 § Barrier).
///
/// Waiters share one reader, which runs only while somebody waits.
public final class Barrier {
    private final class Waiter {
        let revision: Revision
        let start = ContinuousClock.now
        let latch = Latch()
        var propagation: Propagation?
        var lapsed: Set<UInt128> = []
        var seen: Set<UInt128> = []
        /// Those that had not applied the revision when they were last seen.
        var behind: Set<UInt128> = []

        init(_ revision: Revision) { self.revision = revision }
    }

    /// Between two readings while anyone waits.
    private static let pause = Duration.milliseconds(5)

    private let store: ReplicaStore
    private let core: Core
    private let events: Events
    private var waiters: [Waiter] = []
    private var silences = Silences()
    private var reading = false

    /// `schema`: whose revisions are waited for.
    public init(_ schema: Schema, _ postgres: Postgres, on core: isolated Core) {
        store = ReplicaStore(schema, postgres)
        self.core = core
        events = core.events
    }

    /// Call after the commit of `revision`. `pending` after TTL + 2 margins, or when PostgreSQL cannot tell until then.
    public func wait(for revision: Revision) async -> Propagation {
        let waiter = Waiter(revision)
        waiters.append(waiter)
        if !reading {
            reading = true
            core.start { await self.read() }
        }
        try? await waiter.latch.wait()
        return waiter.propagation ?? answer(waiter, .pending)
    }

    private func read() async {
        var longest = Duration.seconds(5)
        while !waiters.isEmpty {
            let asked = ContinuousClock.now
            if let rows = try? await store.active() {
                silences.observe(rows, received: .now)
                longest = rows.map(\.timeToLive).max() ?? longest
                for waiter in waiters where waiter.start <= asked && settled(waiter, rows, asked: asked) {
                    finish(waiter, .complete)
                }
            }
            for waiter in waiters
            where waiter.propagation == nil && waiter.start.duration(to: .now) > longest + longest / 5 {
                finish(waiter, .pending)
            }
            waiters.removeAll { $0.propagation != nil }
            if waiters.isEmpty { break }
            try? await events.sleep(for: Self.pause)
        }
        reading = false
    }

    private func settled(_ waiter: Waiter, _ rows: [ReplicaRow], asked: ContinuousClock.Instant) -> Bool {
        let ids = rows.map(\.id)
        waiter.seen.formUnion(ids)
        // Who is gone (swept, or out of its own will) has no lease, and gets none under this id again.
        waiter.lapsed.formUnion(waiter.behind.subtracting(ids))
        waiter.behind = []
        var open = false
        for row in rows where row.applied < waiter.revision.number {
            waiter.behind.insert(row.id)
            if silences.lapsed(row, waitingSince: waiter.start, asked: asked) {
                waiter.lapsed.insert(row.id)
            } else {
                open = true
            }
        }
        return !open
    }

    private func finish(_ waiter: Waiter, _ state: Propagation.State) {
        waiter.propagation = answer(waiter, state)
        waiter.latch.open()
    }

    private func answer(_ waiter: Waiter, _ state: Propagation.State) -> Propagation {
        Propagation(
            state: state, revision: waiter.revision, replicas: waiter.seen.count, lapsed: waiter.lapsed.count,
            milliseconds: waiter.start.duration(to: .now).milliseconds)
    }
}
