import GatehouseModel

/// Lets the changes of one thing through one by one, first come, first served: no other of this process makes old what one has read.
///
/// Those of other processes are met by trying again (`Turns`). Lives on its core.
public final class Turnstile<Key: Hashable> {
    private static var patience: Duration { .seconds(5) }

    /// Who waits behind the one who is through; nobody is where there is no line.
    private var lines: [Key: [CheckedContinuation<Void, Never>]] = [:]

    public init() {}

    public func pass<Result>(_ key: Key, _ body: () async throws -> Result) async throws -> Result {
        let end = ContinuousClock.now + Self.patience
        await enter(key)
        defer { leave(key) }
        // Where the database stands still, so does the line: who has waited long enough is not made to wait for it, too.
        guard ContinuousClock.now < end else {
            throw Problem(.unavailable, "Others are changing the same thing; nothing was done. Try again.")
        }
        return try await body()
    }

    private func enter(_ key: Key) async {
        await withCheckedContinuation { continuation in
            if lines[key] == nil {
                lines[key] = []
                continuation.resume()
            } else {
                lines[key]?.append(continuation)
            }
        }
    }

    private func leave(_ key: Key) {
        guard let line = lines[key], let next = line.first else {
            lines[key] = nil
            return
        }
        lines[key] = Array(line.dropFirst())
        next.resume()
    }
}
