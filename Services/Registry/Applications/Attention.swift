import GatehouseModel

/// Why somebody should look at an application: it works less than its settings say.
enum Attention: String, CaseIterable, Sendable {
    /// Nobody gets a token for it (A4).
    case runAsInactive = "run_as_inactive"
    /// Of a scope of its, the run-as user may use no route.
    case runAsLacksPermission = "run_as_lacks_permission"
    /// A range of its list is not in the general list, and both must allow (A7).
    case ipOutsideGeneral = "ip_outside_general"
    /// A scope of its is no longer in the catalogue.
    case scopeUnknown = "scope_unknown"
    /// The catalogue has no rules for its component's kind: it may call nothing.
    case kindUnknown = "kind_unknown"
}
