public import GatehouseModel

/// Who calls one of our own routes, as policy decided it: a service needs no view and no call to know (02 § One door).
public struct Caller: Sendable {
    public let decision: String
    public let user: Fact.User
    /// The acting application; nil for a console session.
    public let application: Fact.Application?
    /// Token scopes ∩ application scopes; empty for a session.
    public let scopes: Set<Scope>
    public let permissions: Set<Permission>
    public let domains: Domains
    /// The client's address; nil where policy could not know.
    public let ip: Address?

    public init(
        decision: String, user: Fact.User, application: Fact.Application?, scopes: Set<Scope>,
        permissions: Set<Permission>, domains: Domains,
        ip: Address?
    ) {
        self.decision = decision
        self.user = user
        self.application = application
        self.scopes = scopes
        self.permissions = permissions
        self.domains = domains
        self.ip = ip
    }

    /// Whether the caller may do all that somebody with `permissions` and `domains` may: nobody gives what they lack (A27).
    public func contains(_ permissions: Set<Permission>, _ domains: Domains) -> Bool {
        self.permissions.isSuperset(of: permissions) && self.domains.contains(domains)
    }

    /// A bearer's scopes bound what it may hand on; a session has no such bound.
    public func contains(_ scopes: Set<Scope>) -> Bool { application == nil || self.scopes.isSuperset(of: scopes) }
}
