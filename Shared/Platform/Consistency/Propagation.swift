public import GatehouseJSON
public import GatehouseModel

/// How far a change has travelled when its caller is answered (04 § Barrier).
public struct Propagation: Sendable, Hashable {
    public enum State: String, Sendable { case complete, pending }

    public let state: State
    public let revision: Revision
    /// The replicas of policy that were waited for, lapsed ones included.
    public let replicas: Int
    /// Those among them whose lease has certainly ended without the change.
    public let lapsed: Int
    public let milliseconds: Int64

    public init(state: State, revision: Revision, replicas: Int, lapsed: Int, milliseconds: Int64) {
        self.state = state
        self.revision = revision
        self.replicas = replicas
        self.lapsed = lapsed
        self.milliseconds = milliseconds
    }

    /// The value of `Gatehouse-Propagation`.
    public var header: String {
        "\(state.rawValue); revision=\(revision); replicas=\(replicas); lapsed=\(lapsed); ms=\(milliseconds)"
    }

    public var json: JSON {
        [
            "state": .string(state.rawValue), "revision": revision.json, "replicas": .integer(Int64(replicas)),
            "lapsed": .integer(Int64(lapsed)), "ms": .integer(milliseconds),
        ]
    }
}
