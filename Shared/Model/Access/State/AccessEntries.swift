/// An application as policy knows it, with its own IP list whole.
public struct ApplicationEntry: Sendable {
    public var clientID: ClientID
    public var name: String
    /// The kind of component that an internal application belongs to; nil for one that a user defined.
    public var component: ComponentKind?
    public var scopes: [Scope]
    public var ranges: AddressRanges
    public var isEnabled: Bool
    public var minEpoch: Int64
    public var isDeleted: Bool
    public var revision: Revision

    public init(
        clientID: ClientID, name: String, component: ComponentKind? = nil, scopes: [Scope] = [],
        ranges: AddressRanges = .none, isEnabled: Bool = true, minEpoch: Int64 = 1, isDeleted: Bool = false,
        revision: Revision
    ) {
        self.clientID = clientID
        self.name = name
        self.component = component
        self.scopes = scopes
        self.ranges = ranges
        self.isEnabled = isEnabled
        self.minEpoch = minEpoch
        self.isDeleted = isDeleted
        self.revision = revision
    }
}

/// A user as policy knows them; what the roles permit stands with the roles.
public struct UserEntry: Sendable {
    public var id: UserID
    public var name: String
    public var isActive: Bool
    public var roles: [RoleName]
    public var domains: Domains
    public var minEpoch: Int64
    public var isDeleted: Bool
    public var revision: Revision

    public init(
        id: UserID, name: String, isActive: Bool = true, roles: [RoleName] = [], domains: Domains = .none,
        minEpoch: Int64 = 1, isDeleted: Bool = false, revision: Revision
    ) {
        self.id = id
        self.name = name
        self.isActive = isActive
        self.roles = roles
        self.domains = domains
        self.minEpoch = minEpoch
        self.isDeleted = isDeleted
        self.revision = revision
    }
}

/// A role and what it permits.
public struct RoleEntry: Sendable {
    public var name: RoleName
    public var permissions: [Permission]
    public var isDeleted: Bool
    public var revision: Revision

    public init(name: RoleName, permissions: [Permission], isDeleted: Bool = false, revision: Revision) {
        self.name = name
        self.permissions = permissions
        self.isDeleted = isDeleted
        self.revision = revision
    }
}

/// A single token or grant that is revoked before it expires.
public struct RevocationEntry: Sendable {
    public enum Subject: Sendable, Hashable {
        case token(ID<AccessToken>)
        case grant(ID<Grant>)
    }

    public var subject: Subject
    public var expires: Timestamp
    public var isDeleted: Bool
    public var revision: Revision

    public init(subject: Subject, expires: Timestamp, isDeleted: Bool = false, revision: Revision) {
        self.subject = subject
        self.expires = expires
        self.isDeleted = isDeleted
        self.revision = revision
    }
}

/// A key that signs access tokens; the key itself stays with whoever verifies.
public struct KeyEntry: Sendable {
    public var id: String
    public var expires: Timestamp
    public var isDeleted: Bool
    public var revision: Revision

    public init(id: String, expires: Timestamp, isDeleted: Bool = false, revision: Revision) {
        self.id = id
        self.expires = expires
        self.isDeleted = isDeleted
        self.revision = revision
    }
}
