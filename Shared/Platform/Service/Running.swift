import GatehouseEventLoop

/// A service that listens: what holds it and ends it from outside its core.
public struct Running: Sendable {
    public let port: UInt16
    public let internalPort: UInt16
    /// What each listener answers.
    package let routes: [(method: String, template: String)]
    package let internalRoutes: [(method: String, template: String)]
    let alarm: Alarm
    let stopping: Latch
    let stopped = Latch()

    /// Asks it to end in order, and waits until it has.
    public func stop() async {
        stopping.open()
        try? await stopped.wait()
    }

    /// Waits until it has ended; throws where it ended by itself, with an alarm.
    func end() async throws {
        try? await stopped.wait()
        if let raised = alarm.raised { throw raised }
    }
}
