import GatehouseCrypto
package import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// One process that decides: its state, and the lease that proves the state fresh (04 § Replicas).
///
/// The protocol is model-checked (`Tests/Faults/model/lease.pml`); before changing it, change the model.
package final class Replica {
    /// Why this life of the replica is over: it joins anew, under a new id.
    private enum StartOver: Error {
        /// It was silent for so long that somebody deleted its row.
        case rowIsGone
        /// A database was restored: another life of it, whose revisions mean something else.
        case anotherIncarnation
        /// A head is behind what has been applied, in the same life: a failover has lost commits, and what was applied never was.
        case lostCommits
    }

    /// Who cannot tell what has expired decides nothing until the clocks agree again.
    private struct WrongClock: Error, CustomStringConvertible {
        let difference: Duration
        var description: String {
            "PostgreSQL's clock is \(difference.components.seconds) s ahead of this one (behind, where negative)"
        }
    }

    private static let pause = Duration.milliseconds(100)
    private static let forgetting = Duration.seconds(60)
    /// A wall clock that was an hour ahead for a while has made nothing be forgotten that still counts (R9).
    private static let keeping = Duration.seconds(2 * 3600)
    /// Unknown keys make at most one pull in so long.
    private static let keyPause = Duration.seconds(1)

    package let held = HeldState()
    package private(set) var lease: Lease
    package private(set) var pulls = 0
    private let core: Core
    private let events: Events
    private let log: Log
    /// Its shared lane is one connection, the lease's own. Its lane of searches is another, for the list and the pulls: as there is but
    /// one, no two pulls are ever in flight, and no older answer can be applied after a newer one.
    private let postgres: Postgres
    private let store: ReplicaStore
    /// New at every join; nil while there is no row.
    private var id: UInt128?
    private var isTroubled = false
    private var forgot = ContinuousClock.now
    private var keysPulled: ContinuousClock.Instant?

    package init(_ conninfo: String, timeToLive: Duration, _ log: Log, on core: isolated Core) {
        self.core = core
        self.log = log
        events = core.events
        lease = Lease(timeToLive: timeToLive)
        var settings = Postgres.Settings(conninfo)
        settings.sharedConnections = 1
        settings.searchConnections = 1
        settings.shared.name = "gatehouse lease"
        settings.leased.name = "gatehouse replica"
        // Until everything is listed, one snapshot stands; a slow list is better than none.
        settings.leased.statementTimeout = .seconds(60)
        settings.leased.idleInTransactionTimeout = .seconds(60)
        postgres = Postgres(settings, on: core)
        store = ReplicaStore(postgres)
    }

    /// Until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do {
                try await live()
            } catch {
                if Task.isCancelled { break }
                if case StartOver.lostCommits = error {
                    log.error("the database has lost changes: run `migrate --restored` of the service whose they were")
                }
                log.warning("the replica starts over", ["cause": .string("\(error)")])
            }
            // Nothing is allowed any more; so no barrier need wait for the old row.
            lease.end()
            if let id { try? await store.leave(id) }
            try? await events.sleep(for: Self.pause)
        }
    }

    /// The end: nothing more is allowed, and no barrier waits for this replica any more.
    package func leave() async {
        lease.end()
        if let id { try? await store.leave(id) }
        await postgres.close(within: .seconds(1))
    }

    /// Reads what has changed, and says so: somebody knows that there is something.
    package func wake(_ schemas: Set<Schema>) async {
        do {
            for schema in Schema.allCases where schemas.contains(schema) { try await pull(schema) }
            try await tell()
        } catch {
            // The next renewal will see it, too.
            log.debug("a wake-up came to nothing", ["cause": .string("\(error)")])
        }
    }

    /// For a token whose key is not known: perhaps it is new.
    package func wakeForKeys() async {
        if let keysPulled, keysPulled.duration(to: .now) < Self.keyPause { return }
        keysPulled = .now
        await wake([.token])
    }
}

// MARK: - One life

extension Replica {
    private func live() async throws {
        let id = ID<Replica>.fresh(at: .now())
        let row = UInt128(id.hi) << 64 | UInt128(id.lo)
        lease.end()
        held.clear()
        self.id = row
        try await store.join(row, timeToLive: lease.timeToLive)
        let heads = try await list(row)
        held.reach(heads)
        Fault.point(.replicaBeforeActivate)
        guard try await store.activate(row, heads) else { throw StartOver.rowIsGone }
        log.info("the replica is active", ["id": .string(id.text), "revision": .string(held.revisions)])
        while true {
            let begun = ContinuousClock.now
            do {
                try await renew(row)
                isTroubled = false
            } catch let reason as StartOver {
                throw reason
            } catch {
                try Task.checkCancellation()
                if !isTroubled { log.warning("the lease is not renewed", ["cause": .string("\(error)")]) }
                isTroubled = true
            }
            forget()
            let rest = lease.pace - begun.duration(to: .now)
            try await events.sleep(for: max(rest, Self.pause))
        }
    }

    /// While it reads, it shows that it lives; that gives no lease.
    private func list(_ row: UInt128) async throws -> Heads {
        let signs = core.start {
            while !Task.isCancelled {
                try? await self.events.sleep(for: self.lease.pace)
                if !Task.isCancelled { try? await self.store.live(row) }
            }
        }
        defer { signs.cancel() }
        return try await postgres.transaction(.repeatableRead, readOnly: true, on: .searches) { connection in
            try await StateStore.list(connection) { held.apply($0) }
        }
    }

    /// The proof of freshness: it began after any change whose caller was answered before it.
    private func renew(_ row: UInt128) async throws {
        guard let applied = held.applied else { return }
        let begun = Lease.Moment.now()
        guard let renewal = try await store.renew(row, applied) else { throw StartOver.rowIsGone }
        let (heads, ended) = (renewal.heads, Lease.Moment.now())
        guard heads.isOfOneLife(with: applied) else { throw StartOver.anotherIncarnation }
        // They were read after `applied` was: a head never goes back.
        guard heads.reaches(applied) else { throw StartOver.lostCommits }
        let isBehind = !applied.reaches(heads)
        for schema in Schema.allCases { try await pull(schema, to: heads[schema].revision) }
        if isBehind { try await tell() }
        guard held.applied?.reaches(heads) == true else { return }
        guard Lease.agrees(renewal.clock, between: begun, and: ended) else {
            throw WrongClock(difference: renewal.clock - ended.wall)
        }
        lease.renew(at: begun)
    }

    /// Reads what is newer than what is held, and the head in the same snapshot; applies all of it in one turn, or nothing.
    ///
    /// `revision`: what must be reached; who has it already needs no pull.
    private func pull(_ schema: Schema, to revision: Revision? = nil) async throws {
        if let revision, let applied = held.applied, applied[schema].revision >= revision { return }
        let life = id
        try await postgres.transaction(.repeatableRead, readOnly: true, on: .searches) { connection in
            guard let applied = held.applied, id == life else { return }
            if let revision, applied[schema].revision >= revision { return }
            pulls += 1
            var pages: [StatePage] = []
            let head = try await StateStore.read(schema, after: applied[schema].revision, connection) {
                pages.append($0)
            }
            await Fault.pause(.pullBeforeApply, events)
            guard head.incarnation == applied[schema].incarnation else { throw StartOver.anotherIncarnation }
            guard id == life, var heads = held.applied, head.revision > heads[schema].revision else { return }
            for page in pages { held.apply(page) }
            heads[schema] = head
            held.reach(heads)
        }
    }

    private func tell() async throws {
        guard let id, let applied = held.applied else { return }
        try await store.tell(id, applied)
    }

    private func forget() {
        guard forgot.duration(to: .now) > Self.forgetting else { return }
        forgot = .now
        held.forget(expiredBefore: .now() - Self.keeping)
    }
}
