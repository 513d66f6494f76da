import GatehouseModel

/// What a request shows of who calls: a token, or else the session of a browser.
enum Shown {
    case token(TokenVerifier.Verdict)
    case session(SessionStore.Finding, isFromOurSite: Bool)

    var credential: AccessRequest.Credential {
        switch self {
        case .token(.missing), .session(.absent, _): .missing
        case .token(.malformed), .token(.unknownKey): .malformed
        case .token(.token(let verified)): .token(verified.token)
        case .session(.unreadable, _): .unreadable
        case .session(.found(let user, let epoch, let expires), let isFromOurSite):
            .session(
                AccessSession(user: user, userEpoch: epoch, expires: expires, isFromOurSite: isFromOurSite))
        }
    }

    /// Nil where nobody has proven who calls.
    var caller: ProvenCaller? {
        switch self {
        case .token(.token(let verified)): .token(verified)
        case .session(.found(let user, _, _), _): .session(user)
        case .token(.missing), .token(.malformed), .token(.unknownKey), .session(.absent, _), .session(.unreadable, _):
            nil
        }
    }
}

/// Who has proven who calls: an application that acts for a user, or the user in a browser.
enum ProvenCaller {
    case token(VerifiedToken)
    case session(UserID)

    var user: UserID {
        switch self {
        case .token(let verified): verified.token.claims.user
        case .session(let user): user
        }
    }

    var clientID: ClientID? {
        switch self {
        case .token(let verified): verified.token.claims.clientID
        case .session: nil
        }
    }

    /// In the words of the answer's headers.
    func identity(_ decision: Decision, in held: HeldState) -> Identity? {
        switch self {
        case .token(let verified): verified.identity(decision, in: held)
        case .session: Identity(decision, in: held.access)
        }
    }
}
