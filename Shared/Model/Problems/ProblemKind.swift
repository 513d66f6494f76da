/// The kinds of problems that a caller can meet.
public enum ProblemKind: String, CaseIterable, Sendable {
    case malformed
    case unauthenticated
    case forbidden
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case conflict
    case preconditionFailed = "precondition-failed"
    case contentTooLarge = "content-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case validation
    case tooManyRequests = "too-many-requests"
    case headersTooLarge = "headers-too-large"
    case internalError = "internal-error"
    case unavailable

    /// Names the kind in `application/problem+json`.
    public var type: String { "urn:gatehouse:problem:\(rawValue)" }

    /// The status of HTTP.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .preconditionFailed: 412
        case .contentTooLarge: 413
        case .unsupportedMediaType: 415
        case .validation: 422
        case .tooManyRequests: 429
        case .headersTooLarge: 431
        case .internalError: 500
        case .unavailable: 503
        }
    }

    /// The same for every problem of the kind.
    public var title: String {
        switch self {
        case .malformed: "The request cannot be read"
        case .unauthenticated: "Authentication is needed"
        case .forbidden: "This is not allowed"
        case .notFound: "There is no such thing"
        case .methodNotAllowed: "The method is not allowed here"
        case .conflict: "The request conflicts with what is there"
        case .preconditionFailed: "Somebody else has changed it meanwhile"
        case .contentTooLarge: "The body is too large"
        case .unsupportedMediaType: "The body is of a type that is not taken here"
        case .validation: "Some fields are not valid"
        case .tooManyRequests: "Too many requests"
        case .headersTooLarge: "The headers are too large"
        case .internalError: "Something went wrong on our side"
        case .unavailable: "Not available at the moment"
        }
    }
}
