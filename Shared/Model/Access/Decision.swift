/// What was decided of one request, and on what; the state that decided tells the names (`state.user(of:)`, …).
public struct Decision: Sendable {
    public internal(set) var checks = Checks()

    // Places and numbers in the state, valid for it alone.
    var application: Int?
    var user: Int?
    var route: Int?
    var scopes = Bits()
    var permissions = Bits()
    var domains = DomainSets.none

    /// The object whose domains the decision depends on, and did not have.
    public internal(set) var object: ObjectReference?

    /// Nil when the request is allowed.
    public var reason: Reason? { checks.reason }

    public var isAllowed: Bool { reason == nil }

    /// Whether asking the resource directory could turn the refusal into an allowance.
    public var dependsOnObject: Bool { reason == .domainDenied && object != nil }

    mutating func check(_ check: Reason, _ passes: Bool) {
        checks[check] = passes ? .pass : .fail
    }
}

/// Whom and what a decision was about, as far as the state knows them: for headers, assertions and events.
extension AccessState {
    public func application(of decision: Decision) -> (clientID: String, name: String)? {
        decision.application.map { (applications[$0].key.text, names[applications[$0].name]) }
    }

    public func user(of decision: Decision) -> (id: UserID, name: String)? {
        decision.user.map { (users[$0].key, names[users[$0].name]) }
    }

    /// With the scope that a refusal for `insufficient_scope` names.
    public func route(of decision: Decision) -> Route? {
        decision.route.map { routes.rules[$0].route }
    }

    /// `PUT /rest/v2/segments/{id}`; nil where the request belongs to no route.
    public func label(of decision: Decision) -> String? {
        decision.route.map { routes.rules[$0].label }
    }

    /// Whether the route is one of Gatehouse's own.
    public func isOurs(_ decision: Decision) -> Bool {
        decision.route.map { routes.rules[$0].isOurs } ?? false
    }

    /// Whether the route is one that writes.
    public func isWrite(_ decision: Decision) -> Bool {
        decision.route.map { routes.rules[$0].isWrite } ?? false
    }

    /// What the token and the application hold now, both.
    public func scopes(of decision: Decision) -> [Scope] {
        decision.scopes.numbers.map { scopes[$0] }
    }

    public func permissions(of decision: Decision) -> [Permission] {
        decision.permissions.numbers.map { permissions[$0] }
    }

    public func domains(of decision: Decision) -> Domains {
        domainSets.domains(of: decision.domains)
    }
}
