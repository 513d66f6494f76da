import GatehouseModel

/// A decision as it was made: of what, when, and how sure.
struct Verdict {
    /// The event that records it has the same.
    let id: ID<Event>
    let asked: AskedRequest
    let decision: Decision
    /// Nil where nobody has proven who calls.
    let caller: VerifiedToken?
    let moment: Lease.Moment
    let revisions: String
    /// Since the renewal that proved the state; nil without one.
    let age: Duration?
}
