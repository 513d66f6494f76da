public import GatehouseJSON

/// What went wrong, as the caller is told (RFC 9457); the cause is for the log alone.
public struct Problem: Error {
    /// What is wrong with one field of a body: `ip_ranges[3].range`, `must be …`.
    public struct FieldError: Hashable, Sendable {
        public let field: String
        public let detail: String

        public init(field: String, detail: String) {
            self.field = field
            self.detail = detail
        }
    }

    public let kind: ProblemKind
    public let detail: String
    public let errors: [FieldError]
    /// Members beside those of the RFC, such as a refusal's `reason`.
    public let extensions: JSON.Object
    /// Never sent.
    public let cause: (any Error)?

    public init(
        _ kind: ProblemKind, _ detail: String, errors: [FieldError] = [], extensions: JSON.Object = [:],
        cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.extensions = extensions
        self.cause = cause
    }

    /// One field of a body is not valid.
    public init(field: String, _ detail: String) {
        self.init(.validation, "\(field) \(detail)", errors: [FieldError(field: field, detail: detail)])
    }

    /// The body of `application/problem+json`.
    public var json: JSON {
        var body: JSON.Object = [
            "type": .string(kind.type), "title": .string(kind.title), "status": .integer(Int64(kind.status)),
            "detail": .string(detail),
        ]
        if !errors.isEmpty {
            body["errors"] = .array(errors.map { ["field": .string($0.field), "detail": .string($0.detail)] })
        }
        for (name, value) in extensions.members { body[name] = value }
        return .object(body)
    }
}

/// Two problems are equal if the caller cannot tell them apart.
extension Problem: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind && left.detail == right.detail && left.errors == right.errors
            && left.extensions == right.extensions
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(detail)
        hasher.combine(errors)
    }
}

extension Problem: CustomStringConvertible {
    public var description: String { "\(kind): \(detail)" }
}
