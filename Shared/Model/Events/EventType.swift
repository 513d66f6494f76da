/// The facts that Gatehouse states. A consumer may meet newer ones, and passes them over.
public enum EventType: String, CaseIterable, Sendable {
    case applicationCreated = "application.created"
    case applicationUpdated = "application.updated"
    case applicationEnabled = "application.enabled"
    case applicationDisabled = "application.disabled"
    case applicationDeleted = "application.deleted"

    case secretRotated = "secret.rotated"
    case applicationTokensRevoked = "application.tokens-revoked"

    case userCreated = "user.created"
    case userUpdated = "user.updated"
    case userDeleted = "user.deleted"
    case roleCreated = "role.created"
    case roleUpdated = "role.updated"
    case roleDeleted = "role.deleted"
    case domainCreated = "domain.created"
    case domainDeleted = "domain.deleted"
    case ipRangesUpdated = "ip-ranges.updated"
    case catalogueUpdated = "catalogue.updated"
    case objectCreated = "object.created"
    case objectUpdated = "object.updated"
    case objectDeleted = "object.deleted"

    case grantRevoked = "grant.revoked"
    case tokenRevoked = "token.revoked"
    /// A refresh token was used twice.
    case familyRevoked = "family.revoked"

    case tokenIssued = "token.issued"
    case tokenRefreshed = "token.refreshed"
    /// Several, of one application, user, grant, address and second.
    case tokensIssued = "tokens.issued"
    case consentGiven = "consent.given"
    case consentDenied = "consent.denied"
    case userSignedIn = "user.signed-in"
    case userSignedOut = "user.signed-out"
    case userSignInFailed = "user.sign-in-failed"
    /// Given a link by which to set the password.
    case userInvited = "user.invited"
    case userPasswordChanged = "user.password-changed"
    case clientAuthenticationFailed = "client.authentication-failed"

    /// One that writes.
    case callAllowed = "call.allowed"
    /// Several that read, of one application, user, route, address and second.
    case callsAllowed = "calls.allowed"

    case requestBlocked = "request.blocked"
    /// Several without a verified application, of one address and reason.
    case requestsBlocked = "requests.blocked"

    private static let prefix = "gatehouse."

    /// From the `type` of an event.
    public init?(name: String) {
        guard name.hasPrefix(Self.prefix) else { return nil }
        self.init(rawValue: String(name.dropFirst(Self.prefix.count)))
    }

    /// The `type` of an event.
    public var name: String { Self.prefix + rawValue }

    /// Where its events stand; all of them stand on `audit` again, once they are in the log.
    public var topic: Topic {
        switch self {
        case .applicationCreated, .applicationUpdated, .applicationEnabled, .applicationDisabled, .applicationDeleted:
            .applications
        case .secretRotated, .applicationTokensRevoked:
            .secretRotations
        case .userCreated, .userUpdated, .userDeleted, .roleCreated, .roleUpdated, .roleDeleted, .domainCreated,
            .domainDeleted, .ipRangesUpdated, .catalogueUpdated, .objectCreated, .objectUpdated, .objectDeleted:
            .access
        case .grantRevoked, .tokenRevoked, .familyRevoked:
            .revocations
        case .tokenIssued, .tokenRefreshed, .tokensIssued, .consentGiven, .consentDenied, .userSignedIn, .userSignedOut,
            .userSignInFailed, .userInvited, .userPasswordChanged, .clientAuthenticationFailed:
            .tokens
        case .callAllowed, .callsAllowed:
            .calls
        case .requestBlocked, .requestsBlocked:
            .blockedRequests
        }
    }
}
