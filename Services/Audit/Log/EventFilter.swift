import GatehouseModel

/// What a reader of the log asks for; nil asks for everything.
struct EventFilter: Sendable {
    var from: Timestamp?
    var to: Timestamp?
    var user: UserID?
    var application: ClientID?
    var operation: Operation?
    var objectType: ObjectType?
    var outcome: Outcome?
    var addresses: AddressRange?
    var text: String?
    /// What was done: allowed changes and calls (A22).
    var isActivity = false

    static let activity = [Operation.create, .update, .delete, .rotate, .revoke, .authorize, .call]
}
