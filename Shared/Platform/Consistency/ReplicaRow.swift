/// A row of `policy.published_replicas`, and what a waiter may conclude from seeing it unchanged.
package struct ReplicaRow: Sendable, Hashable {
    package let id: UInt128
    package let timeToLive: Duration
    package let renewals: Int64
    package let applied: Int64

    package init(id: UInt128, timeToLive: Duration, renewals: Int64, applied: Int64) {
        self.id = id
        self.timeToLive = timeToLive
        self.renewals = renewals
        self.applied = applied
    }

    /// 10 % of the TTL (04): a replica ends its lease that much early, a waiter waits that much longer.
    var margin: Duration { timeToLive / 10 }
    var silence: Duration { timeToLive + margin }
}
