/// Collects what is wrong with the parts of a body, so that the caller hears all of it at once.
struct Complaints {
    /// A body of ten thousand wrong elements needs no ten thousand errors.
    private static let most = 100

    private var malformed: [Problem.FieldError] = []
    private var invalid: [Problem.FieldError] = []

    var isEmpty: Bool { malformed.isEmpty && invalid.isEmpty }

    mutating func add(_ detail: String, at field: String) {
        if invalid.count < Self.most { invalid.append(Problem.FieldError(field: field, detail: detail)) }
    }

    mutating func addUnknown(_ field: String) {
        if malformed.count < Self.most { malformed.append(Problem.FieldError(field: field, detail: "is unknown")) }
    }

    /// Takes over a part's problem: its fields continue the part's name.
    mutating func add(_ problem: Problem, at field: String) {
        let errors = problem.errors.isEmpty ? [Problem.FieldError(field: "", detail: problem.detail)] : problem.errors
        let located = errors.map {
            let dot = $0.field.isEmpty || $0.field.hasPrefix("[") ? "" : "."
            return Problem.FieldError(field: field + dot + $0.field, detail: $0.detail)
        }
        if problem.kind == .malformed {
            malformed = Array((malformed + located).prefix(Self.most))
        } else {
            invalid = Array((invalid + located).prefix(Self.most))
        }
    }

    /// Unknown members come first: who misspells a field must not be told that it is missing.
    var problem: Problem? {
        malformed.isEmpty ? problem(.validation, invalid) : problem(.malformed, malformed)
    }

    private func problem(_ kind: ProblemKind, _ errors: [Problem.FieldError]) -> Problem? {
        guard let first = errors.first else { return nil }
        let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
        return Problem(kind, "\(first.field) \(first.detail)\(more)", errors: errors)
    }
}
