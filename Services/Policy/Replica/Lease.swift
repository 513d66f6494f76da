package import GatehouseModel
import GatehousePlatform

/// The right to decide, for a while (04 § Replicas). A pure value: the replica feeds it clock readings and proofs.
package struct Lease: Sendable {
    /// The clocks as they were before a renewal was sent: from then on, not from its answer, the lease counts.
    package struct Moment: Sendable {
        package let steady: ContinuousClock.Instant
        package let wall: Timestamp

        package init(steady: ContinuousClock.Instant, wall: Timestamp) {
            self.steady = steady
            self.wall = wall
        }

        package static func now() -> Moment { Moment(steady: .now, wall: .now()) }
    }

    package let timeToLive: Duration
    /// What a replica ends early, and a waiter waits longer.
    package var margin: Duration { timeToLive / 10 }
    /// How often it is renewed.
    package var pace: Duration { timeToLive / 5 }

    private var proof: Moment?

    package init(timeToLive: Duration) { self.timeToLive = timeToLive }

    /// A renewal that began at `moment` has returned heads that this replica has reached. An older proof changes nothing.
    package mutating func renew(at moment: Moment) {
        if let proof, proof.steady >= moment.steady { return }
        proof = moment
    }

    package mutating func end() { proof = nil }

    package var deadline: ContinuousClock.Instant? { proof.map { $0.steady + timeToLive - margin } }

    /// Asked again right before each answer. A wall clock that has moved by the TTL or more since the proof ends the lease, too:
    /// expiries are judged by it.
    package func isValid(at moment: Moment) -> Bool {
        guard let proof, let deadline, moment.steady < deadline else { return false }
        let moved = moment.wall - proof.wall
        return moved < timeToLive && moved > .zero - timeToLive
    }

    /// By how much a wall clock may be off when it judges an `exp` (R9).
    package static let leeway = Duration.seconds(30)

    /// Whether this process's wall clock is PostgreSQL's, which read `clock` between two moments. Freshness needs no such look; expiries do:
    /// a clock that is wrong for good ends no lease by moving.
    package static func agrees(_ clock: Timestamp, between begun: Moment, and ended: Moment) -> Bool {
        clock >= begun.wall - leeway && clock <= ended.wall + leeway
    }

    /// How old the proof is; nil without one.
    package func age(at moment: Moment) -> Duration? { proof.map { $0.steady.duration(to: moment.steady) } }
}
