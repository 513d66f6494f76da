import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// A decision as it was made: of what, when, and how sure.
struct Verdict {
    /// The event that records it has the same.
    let id: ID<Event>
    let asked: AskedRequest
    let decision: Decision
    /// Nil where nobody has proven who calls.
    let caller: ProvenCaller?
    let moment: Lease.Moment
    let revisions: String
    /// Since the renewal that proved the state; nil without one.
    let age: Duration?

    /// For a line of the log.
    func details(_ trail: Trail?) -> JSON.Object {
        let details: JSON.Object = [
            "decision_id": id.json, "reason": decision.reason.map { .string($0.rawValue) } ?? .null,
            "method": .string(asked.method), "path": .string(asked.path),
        ]
        return trail?.details(details) ?? details
    }

    /// A new span each time.
    var trail: Trail? { asked.request.map { Trail($0) } }
}
