import GatehouseModel

/// What a list of applications is narrowed to (F11); what is nil narrows nothing.
struct ApplicationFilter: Sendable, Hashable {
    var definer: Application.Definer?
    var flow: Flow?
    var isEnabled: Bool?
    /// A part of the name, whatever its case, or the client id.
    var words: ApplicationName?
    var runAs: UserID?
    var scope: Scope?
}
