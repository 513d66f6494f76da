import GatehouseModel
import GatehousePlatform

/// How many decisions ended how.
struct DecisionCounters {
    private let allowed: Metrics.Counter
    private let refused: [Reason: Metrics.Counter]
    private let known: Metrics.Counter
    private let unknown: Metrics.Counter
    private let unreadable: Metrics.Counter

    init(_ metrics: Metrics) {
        func counter(_ result: String) -> Metrics.Counter {
            metrics.counter("gatehouse_decisions_total", "Decisions, by their result", [("result", result)])
        }
        allowed = counter("allowed")
        refused = Dictionary(uniqueKeysWithValues: Reason.allCases.map { ($0, counter($0.rawValue)) })
        func reads(_ result: String) -> Metrics.Counter {
            metrics.counter(
                "gatehouse_object_reads_total", "Objects that decisions asked the resource directory for",
                [("result", result)])
        }
        (known, unknown, unreadable) = (reads("known"), reads("unknown"), reads("unreadable"))
    }

    func count(_ domains: AccessRequest.ObjectDomains) {
        switch domains {
        case .known: known.add()
        case .unknown: unknown.add()
        case .unreadable: unreadable.add()
        case .unasked: break
        }
    }

    /// Nil: allowed.
    func count(_ reason: Reason?) {
        guard let reason else { return allowed.add() }
        refused[reason]?.add()
    }
}
