/// Why a request is refused, in the order of checking: the first that holds is the answer (03-contracts).
public enum Reason: String, Sendable, Hashable, CaseIterable {
    case stateStale = "state_stale"
    case tokenMissing = "token_missing"
    case tokenMalformed = "token_malformed"
    case tokenExpired = "token_expired"
    case applicationUnknown = "application_unknown"
    case applicationDisabled = "application_disabled"
    case tokenRevoked = "token_revoked"
    case userUnknown = "user_unknown"
    case userInactive = "user_inactive"
    case ipUnresolved = "ip_unresolved"
    case ipDeniedGeneral = "ip_denied_general"
    case ipDeniedApplication = "ip_denied_application"
    case routeUnknown = "route_unknown"
    case internalRuleDenied = "internal_rule_denied"
    case crossSite = "cross_site"
    case insufficientScope = "insufficient_scope"
    case permissionDenied = "permission_denied"
    case domainDenied = "domain_denied"
}

extension Reason {
    public var status: Int {
        switch self {
        case .stateStale:
            503
        case .tokenMissing, .tokenMalformed, .tokenExpired, .applicationUnknown, .applicationDisabled, .tokenRevoked,
            .userUnknown, .userInactive:
            401
        case .ipUnresolved, .ipDeniedGeneral, .ipDeniedApplication, .routeUnknown, .internalRuleDenied, .crossSite,
            .insufficientScope, .permissionDenied, .domainDenied:
            403
        }
    }

    /// What `WWW-Authenticate` says of it (RFC 6750 §3).
    public enum Challenge: Sendable, Hashable {
        /// The caller sent no token: no error is named.
        case bare
        /// The token is good for nothing any more.
        case invalidToken
        /// A token with the scope of the route would do; the challenge names it.
        case insufficientScope

        /// The `error` parameter.
        public var error: String? {
            switch self {
            case .bare: nil
            case .invalidToken: "invalid_token"
            case .insufficientScope: "insufficient_scope"
            }
        }
    }

    public var challenge: Challenge? {
        switch self {
        case .tokenMissing:
            .bare
        case .tokenMalformed, .tokenExpired, .applicationUnknown, .applicationDisabled, .tokenRevoked, .userUnknown,
            .userInactive:
            .invalidToken
        case .insufficientScope:
            .insufficientScope
        case .stateStale, .ipUnresolved, .ipDeniedGeneral, .ipDeniedApplication, .routeUnknown, .internalRuleDenied,
            .crossSite, .permissionDenied, .domainDenied:
            nil
        }
    }

    /// One sentence for the caller; it tells nothing that the caller may not know.
    public var detail: String {
        switch self {
        case .stateStale: "Access cannot be decided at the moment; try again."
        case .tokenMissing: "An access token is required."
        case .tokenMalformed: "The access token is not one of ours."
        case .tokenExpired: "The access token has expired."
        case .applicationUnknown: "The application does not exist."
        case .applicationDisabled: "The application is disabled."
        case .tokenRevoked: "The access token has been revoked."
        case .userUnknown: "The user does not exist."
        case .userInactive: "The user is not active."
        case .ipUnresolved: "The client's address cannot be told."
        case .ipDeniedGeneral: "The client's address is not on the general IP allow-list."
        case .ipDeniedApplication: "The client's address is not on the application's IP allow-list."
        case .routeUnknown: "No such route is open to applications."
        case .internalRuleDenied: "This internal application may not use the route."
        case .crossSite: "The request came from another site."
        case .insufficientScope: "The access token lacks the scope of the route."
        case .permissionDenied: "The user lacks the permission of the route."
        case .domainDenied: "The user's domains do not allow it."
        }
    }
}
