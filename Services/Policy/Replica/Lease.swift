import GatehouseModel

/// The right to decide, for a while (04 § Replicas). A pure value: the replica feeds it clock readings and proofs.
struct Lease: Sendable {
    /// The clocks as they were before a renewal was sent: from then on, not from its answer, the lease counts.
    struct Moment: Sendable {
        let steady: ContinuousClock.Instant
        let wall: Timestamp

        static func now() -> Moment { Moment(steady: .now, wall: .now()) }
    }

    let timeToLive: Duration
    /// What a replica ends early, and a waiter waits longer.
    var margin: Duration { timeToLive / 10 }
    /// How often it is renewed.
    var pace: Duration { timeToLive / 5 }

    private var proof: Moment?

    init(timeToLive: Duration) { self.timeToLive = timeToLive }

    /// A renewal that began at `moment` has returned heads that this replica has reached. An older proof changes nothing.
    mutating func renew(at moment: Moment) {
        if let proof, proof.steady >= moment.steady { return }
        proof = moment
    }

    mutating func end() { proof = nil }

    var deadline: ContinuousClock.Instant? { proof.map { $0.steady + timeToLive - margin } }

    /// Asked again right before each answer. A wall clock that moved by the TTL or more since the proof ends the lease, too: expiries are judged by it.
    func isValid(at moment: Moment) -> Bool {
        guard let proof, let deadline, moment.steady < deadline else { return false }
        let moved = moment.wall - proof.wall
        return moved < timeToLive && moved > .zero - timeToLive
    }

    /// How old the proof is; nil without one.
    func age(at moment: Moment) -> Duration? { proof.map { $0.steady.duration(to: moment.steady) } }
}
