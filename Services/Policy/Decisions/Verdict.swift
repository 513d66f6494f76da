import GatehouseHTTP
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

/// A request as a door was told of it.
struct AskedRequest {
    var method = ""
    var target = ""
    /// Nil where a trusted proxy stated something else than an address.
    var client: Address?
    var forwarded: [String] = []
    var requestID: String?
    var bearer = Bearer()
    /// Where the headers are that the client's request had.
    var request: Request?

    /// The target before `?`.
    var path: String { String(target.prefix { $0 != "?" }) }

    /// All lines of a header.
    func header(_ name: String) -> [String] { request?.headers(name) ?? [] }
}
