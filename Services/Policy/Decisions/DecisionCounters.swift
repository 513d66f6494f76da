import GatehouseModel
import GatehousePlatform

/// How many decisions ended how.
struct DecisionCounters {
    private let allowed: Metrics.Counter
    private let refused: [Reason: Metrics.Counter]

    init(_ metrics: Metrics) {
        func counter(_ result: String) -> Metrics.Counter {
            metrics.counter("gatehouse_decisions_total", "Decisions, by their result", [("result", result)])
        }
        allowed = counter("allowed")
        refused = Dictionary(uniqueKeysWithValues: Reason.allCases.map { ($0, counter($0.rawValue)) })
    }

    /// Nil: allowed.
    func count(_ reason: Reason?) {
        guard let reason else { return allowed.add() }
        refused[reason]?.add()
    }
}
