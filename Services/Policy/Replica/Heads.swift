import GatehouseModel
import GatehousePlatform

/// The head of a schema: which life of it, and how many changes.
struct Head: Sendable, Hashable {
    let incarnation: UInt128
    let revision: Revision
}

/// The heads of the three schemas that policy holds in memory, as one statement saw them.
struct Heads: Sendable, Hashable {
    var registry: Head
    var policy: Head
    var token: Head

    subscript(schema: Schema) -> Head {
        get {
            switch schema {
            case .registry: registry
            case .policy: policy
            case .token: token
            }
        }
        set {
            switch schema {
            case .registry: registry = newValue
            case .policy: policy = newValue
            case .token: token = newValue
            }
        }
    }

    var revisions: Revisions {
        Revisions(registry: registry.revision, policy: policy.revision, token: token.revision)
    }

    /// Whether the same lives are meant: a restored database begins another, and everything is listed again.
    func isOfOneLife(with other: Heads) -> Bool {
        Schema.allCases.allSatisfy { self[$0].incarnation == other[$0].incarnation }
    }

    /// Whether no schema is behind `other`.
    func reaches(_ other: Heads) -> Bool { Schema.allCases.allSatisfy { self[$0].revision >= other[$0].revision } }
}
