import GatehouseModel

/// Which places of the log have come. The order is that of one partition; over all of them numbers come mixed.
struct Completeness {
    private var places: [ID<Event>: Int64] = [:]
    private var repeated = 0

    /// The same event may be delivered again; it has the same id.
    mutating func isNew(_ event: AuditEvent) -> Bool {
        guard places.updateValue(event.sequence, forKey: event.id) != nil else { return true }
        repeated += 1
        return false
    }

    var isComplete: Bool { !places.isEmpty && gaps.isEmpty }

    /// From the first number that has come to the last: what was not among them.
    var gaps: [ClosedRange<Int64>] {
        let numbers = places.values.sorted()
        return zip(numbers, numbers.dropFirst()).compactMap { $1 > $0 + 1 ? $0 + 1...$1 - 1 : nil }
    }

    var verdict: String {
        guard let first = places.values.min(), let last = places.values.max() else {
            return "no events: nothing is proven"
        }
        let told = "\(places.count) events, \(first) to \(last), \(repeated) repeated"
        let missing = gaps.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return "\(told); \(missing.isEmpty ? "complete" : "missing: \(missing.joined(separator: ", "))")"
    }
}
