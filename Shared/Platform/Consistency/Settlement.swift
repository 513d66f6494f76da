public import GatehouseHTTP
public import GatehouseModel

/// What comes after a commit and before its answer: the facts go out, and no replica acts on the state before (04 § Barrier).
public struct Settlement {
    private let barrier: Barrier
    private let relay: OutboxRelay

    public init(_ barrier: Barrier, _ relay: OutboxRelay) {
        self.barrier = barrier
        self.relay = relay
    }

    public func wait(for revision: Revision) async -> Propagation {
        Fault.point(.changeAfterCommit)
        relay.wake()
        let propagation = await barrier.wait(for: revision)
        Fault.point(.changeBeforeAnswer)
        return propagation
    }

    /// After a change that replicas hold nothing of: its facts go out, and nobody is waited for.
    public func tell() { relay.wake() }

    /// The answer to a change that committed as `revision`, once it may be given.
    public func answer(_ response: Response, after revision: Revision) async -> Response {
        response.stating(await wait(for: revision))
    }
}

extension Response {
    /// With `Gatehouse-Propagation`; 202 while it is pending.
    public func stating(_ propagation: Propagation) -> Response {
        var response = self
        if propagation.state == .pending { response.status = 202 }
        response.headers.append(("Gatehouse-Propagation", propagation.header))
        return response
    }
}
