import GatehouseModel
import GatehousePlatform

/// Who makes a change, through which application, from where and when: a caller whom policy vouches for, or the host.
struct Author: Sendable {
    let user: Fact.User
    let application: Fact.Application?
    let ip: Address?
    let time: Timestamp
    /// What bounds what the author may hand on (A27); nil for the host, which nothing bounds.
    let caller: Caller?

    init(_ caller: Caller, at time: Timestamp) {
        user = caller.user
        application = caller.application
        ip = caller.ip
        self.time = time
        self.caller = caller
    }

    /// A command on the host.
    static func host(at time: Timestamp) -> Author { Author(hostAt: time) }

    private init(hostAt time: Timestamp) {
        user = Fact.User(.system, name: "System")
        application = nil
        ip = nil
        self.time = time
        caller = nil
    }
}
