import GatehouseEventLoop

/// A service that listens: what holds it and ends it from outside its core.
public struct Running: Sendable {
    public let port: UInt16
    public let internalPort: UInt16
    /// What each listener answers.
    package let routes: [(method: String, template: String)]
    package let internalRoutes: [(method: String, template: String)]
    let stopping = Latch()
    let stopped = Latch()

    /// Asks it to end in order, and waits until it has.
    public func stop() async {
        stopping.open()
        await end()
    }

    /// Waits until it has ended.
    func end() async { try? await stopped.wait() }
}
