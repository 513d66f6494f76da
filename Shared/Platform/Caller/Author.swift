public import GatehouseModel

/// Who makes a change, through which application, from where and when: a caller whom policy vouches for, or the host.
public struct Author: Sendable {
    public let user: Fact.User
    public let application: Fact.Application?
    public let ip: Address?
    public let time: Timestamp
    /// Of the request by which the change is made; nil for the host.
    public let trace: Trace?
    /// What bounds what the author may hand on (A27); nil for the host, which nothing bounds.
    public let caller: Caller?

    public init(_ caller: Caller, at time: Timestamp, in trace: Trace? = nil) {
        user = caller.user
        application = caller.application
        ip = caller.ip
        self.time = time
        self.trace = trace
        self.caller = caller
    }

    /// A command on the host.
    public static func host(at time: Timestamp) -> Author { Author(hostAt: time) }

    private init(hostAt time: Timestamp) {
        user = Fact.User(.system, name: "System")
        application = nil
        ip = nil
        self.time = time
        trace = nil
        caller = nil
    }
}
