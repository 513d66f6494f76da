/// The tries of a change that others overtake: as many as fit into the time for which a lock is waited for, and one at least.
public struct Turns: Sequence, IteratorProtocol {
    private static let patience = Duration.seconds(2)

    private var end: ContinuousClock.Instant?

    public init() {}

    public mutating func next() -> Void? {
        let now = ContinuousClock.now
        guard let end else {
            end = now + Self.patience
            return ()
        }
        return now < end ? () : nil
    }
}
