import Synchronization

/// Threads for what blocks (name look-ups, password hashes, files), bounded in number: what does not fit waits its turn.
public final class Workers: Sendable {
    private let cores: [Core]
    private let next = Atomic<Int>(0)

    public init(_ count: Int) { cores = (0..<count).map { _ in Core() } }

    public func run<Result: Sendable>(_ body: @Sendable () throws -> Result) async rethrows -> Result {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return try await cores[index % cores.count].run { _ in try body() }
    }

    public func stop() { for core in cores { core.stop() } }
}
