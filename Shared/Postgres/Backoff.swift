/// How long to wait before the next attempt: twice as long each time, capped, with jitter so that a crowd spreads.
struct Backoff {
    private static let first = Duration.milliseconds(50)
    private static let longest = Duration.seconds(1)
    private var delay = first

    mutating func next() -> Duration {
        defer { delay = min(delay * 2, Self.longest) }
        return delay.jittered(by: 0.5)
    }

    mutating func reset() { delay = Self.first }
}

extension Duration {
    /// Shorter by a random part, at most `fraction`.
    func jittered(by fraction: Double) -> Duration { self * Double.random(in: (1 - fraction)...1) }

    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
