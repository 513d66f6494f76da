/// How far each of the three heads is known: `r812.p97.t33`.
public struct Revisions: Hashable, Sendable, CustomStringConvertible {
    public var registry: Revision
    public var policy: Revision
    public var token: Revision

    public init(registry: Revision = .none, policy: Revision = .none, token: Revision = .none) {
        self.registry = registry
        self.policy = policy
        self.token = token
    }

    public var description: String { "r\(registry).p\(policy).t\(token)" }
}
