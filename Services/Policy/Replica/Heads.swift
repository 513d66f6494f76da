package import GatehouseModel
package import GatehousePlatform

/// The head of a schema: which life of it, and how many changes.
package struct Head: Sendable, Hashable {
    package let incarnation: UInt128
    package let revision: Revision

    package init(incarnation: UInt128, revision: Revision) {
        self.incarnation = incarnation
        self.revision = revision
    }
}

/// The heads of the three schemas that policy holds in memory, as one statement saw them.
package struct Heads: Sendable, Hashable {
    package var registry: Head
    package var policy: Head
    package var token: Head

    package init(registry: Head, policy: Head, token: Head) {
        self.registry = registry
        self.policy = policy
        self.token = token
    }

    package subscript(schema: Schema) -> Head {
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

    package var revisions: Revisions {
        Revisions(registry: registry.revision, policy: policy.revision, token: token.revision)
    }

    /// Whether the same lives are meant: a restored database begins another, and everything is listed again.
    package func isOfOneLife(with other: Heads) -> Bool {
        Schema.allCases.allSatisfy { self[$0].incarnation == other[$0].incarnation }
    }

    /// Whether no schema is behind `other`.
    package func reaches(_ other: Heads) -> Bool {
        Schema.allCases.allSatisfy { self[$0].revision >= other[$0].revision }
    }
}
