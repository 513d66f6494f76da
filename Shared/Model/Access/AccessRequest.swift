/// A request as a door understood it.
public struct AccessRequest: Sendable {
    /// Where it came from.
    public enum Origin: Sendable, Hashable {
        case address(Address)
        /// A proxy that we trust stated something else than an address.
        case unresolved
        /// The caller of an evaluation left it open: the IP lists are skipped.
        case unstated
    }

    /// Who is asking.
    public enum Credential: Sendable {
        case missing
        case malformed
        case token(AccessToken)
        /// Without a token: a user's own, of a browser.
        case session(AccessSession)
        /// It was shown, and what stands behind it could not be read.
        case unreadable
    }

    /// What the resource directory says of the object that the route names.
    public enum ObjectDomains: Sendable, Hashable {
        /// Not asked yet: the decision says whether it depends on it (`Decision.object`).
        case unasked
        case unreadable
        case unknown
        /// Of none, the object is global.
        case known(Set<DomainName>)
    }

    public var credential: Credential
    /// As it was sent, in its case.
    public var method: String
    /// As it was sent, with its query.
    public var target: String
    public var origin: Origin
    public var objectDomains: ObjectDomains

    public init(
        credential: Credential, method: String, target: String, origin: Origin, objectDomains: ObjectDomains = .unasked
    ) {
        self.credential = credential
        self.method = method
        self.target = target
        self.origin = origin
        self.objectDomains = objectDomains
    }
}

/// When a decision is made, and how sure we are of our state.
public struct AccessMoment: Sendable {
    public var now: Timestamp
    /// By how much clocks may differ: a token is good for so long after it expires.
    public var leeway: Duration
    /// Whether the lease holds: nothing is allowed on a state that may be old.
    public var isFresh: Bool

    public init(now: Timestamp, leeway: Duration = .seconds(30), isFresh: Bool = true) {
        self.now = now
        self.leeway = leeway
        self.isFresh = isFresh
    }
}
