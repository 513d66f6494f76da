/// Waits for a condition, which must come true within ten seconds.
public func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var last: (any Error)?
    while ContinuousClock.now < end {
        do {
            if try await condition() { return }
            last = nil
        } catch {
            last = error
        }
        try await ContinuousClock().sleep(for: .milliseconds(10))
    }
    throw NeverCame(what: what, last: last.map { "\($0)" })
}

private struct NeverCame: Error, CustomStringConvertible {
    let what: String, last: String?
    var description: String { "never came: \(what)\(last.map { " (\($0))" } ?? "")" }
}
