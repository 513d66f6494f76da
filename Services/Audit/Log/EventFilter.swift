import GatehouseModel

/// What a reader of the log asks for; nil and empty ask for everything.
struct EventFilter: Sendable {
    var from: Timestamp?
    var to: Timestamp?
    var user: String?
    var application: String?
    var operation: Operation?
    var objectType: ObjectType?
    var outcome: Outcome?
    var ip: Address?
    var text: String?
    /// What was done: no refusals and no failures (A22).
    var onlyDone = false
}
