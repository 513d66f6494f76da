/// A topic of Kafka; each has one owner, and each fact stands on exactly one.
public enum Topic: String, CaseIterable, Sendable {
    case applications
    case secretRotations = "secret-rotations"
    case access
    case revocations
    case tokens
    case calls
    case blockedRequests = "blocked-requests"
    /// Public: everything in the audit log, in its order.
    case audit

    public init?(name: String) {
        guard let topic = Topic.allCases.first(where: { $0.name == name }) else { return nil }
        self = topic
    }

    public var name: String { "gatehouse.\(rawValue).v1" }

    /// As rows of an outbox name it.
    public var aggregateType: String { rawValue }

    /// The only service that writes to it.
    public var owner: ServiceName {
        switch self {
        case .applications, .secretRotations: .registry
        case .access, .calls, .blockedRequests: .policy
        case .revocations, .tokens: .token
        case .audit: .audit
        }
    }

    /// One where the order of all records matters.
    public var partitions: Int {
        switch self {
        case .applications, .secretRotations, .access, .revocations: 1
        case .tokens, .calls, .blockedRequests, .audit: 6
        }
    }
}
