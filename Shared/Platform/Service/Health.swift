import GatehouseHTTP
import GatehouseJSON

/// `/health/live`: the loop turns. `/health/ready`: every check passes, and the service is not stopping.
public final class Health {
    private struct Check {
        let name: String
        let run: () -> String?
    }
    private var checks: [Check] = []
    public var isStopping = false

    public init() {}

    /// `run` answers nil when all is well, else what is not, in a few words.
    public func check(_ name: String, _ run: @escaping () -> String?) { checks.append(Check(name: name, run: run)) }

    public var problems: [(name: String, what: String)] {
        (isStopping ? [("service", "is stopping")] : [])
            + checks.compactMap { check in check.run().map { (check.name, $0) } }
    }

    var answer: Response {
        let problems = problems
        let details = JSON.object(JSON.Object(problems.map { ($0.name, .string($0.what)) }))
        return .json(
            ["status": problems.isEmpty ? "ready" : "not ready", "problems": details],
            status: problems.isEmpty ? 200 : 503)
    }
}
