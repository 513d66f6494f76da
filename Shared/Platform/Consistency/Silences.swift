/// Since when, by this process's own clock, each replica's `renewals` has been seen unchanged.
///
/// A pure value: the barrier feeds it, the tests replay the model's traces.
package struct Silences: Sendable {
    private struct Silence: Sendable {
        let renewals: Int64
        let since: ContinuousClock.Instant
    }
    private var silences: [UInt128: Silence] = [:]

    package init() {}

    /// `received` is when the answer that shows `rows` was read: a renewal counts as seen at its latest moment.
    package mutating func observe(_ rows: [ReplicaRow], received: ContinuousClock.Instant) {
        var now: [UInt128: Silence] = [:]
        for row in rows {
            let known = silences[row.id]
            now[row.id] = known?.renewals == row.renewals ? known : Silence(renewals: row.renewals, since: received)
        }
        silences = now
    }

    /// Whether the replica's lease has ended for certain, for a waiter that began at `start`: its row has stood still for the TTL and
    /// the margin, counted from `start` at the earliest (a renewal that is under way when the change commits has not shown itself yet)
    /// and to `asked`, when the reading was sent.
    package func lapsed(_ row: ReplicaRow, waitingSince start: ContinuousClock.Instant, asked: ContinuousClock.Instant)
        -> Bool
    {
        guard let silence = silences[row.id], silence.renewals == row.renewals else { return false }
        return max(silence.since, start).duration(to: asked) >= row.silence
    }
}
