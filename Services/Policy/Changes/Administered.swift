import GatehouseModel
import GatehousePlatform

/// A thing that administrators change, each change another revision.
protocol Administered {
    /// As sentences name it: `user`.
    static var noun: String { get }
    var revision: Revision { get }
}

extension Administered {
    /// Reads a thing, and lets `change` judge it and write, if it is still as it was read; again, when others were faster (nil).
    ///
    /// So what was judged is what is changed, without a lock held while judging.
    static func change<Result>(
        if condition: EntityTag.Condition, _ find: () async throws(Problem) -> Self?,
        _ change: (Self) async throws(Problem) -> Result?
    ) async throws(Problem) -> Result {
        for _ in Turns() {
            guard let thing = try await find() else { throw absent }
            guard condition.allows(thing.revision) else {
                throw Problem(
                    .preconditionFailed, "The \(noun) is at revision \(thing.revision) now: read it again.")
            }
            if let result = try await change(thing) { return result }
        }
        throw Problem(.conflict, "Others are changing this \(noun); nothing was done. Try again.")
    }

    static var absent: Problem { Problem(.notFound, "There is no such \(noun).") }

    static func taken(_ field: String = "name", _ name: String = "name") -> Problem {
        Problem(
            .conflict, "There is a \(noun) of this \(name) already.",
            errors: [Problem.FieldError(field: field, detail: "is taken")])
    }
}
