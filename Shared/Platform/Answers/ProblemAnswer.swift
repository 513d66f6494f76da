public import GatehouseHTTP
public import GatehouseJSON
public import GatehouseModel

extension Response {
    /// `application/problem+json` (RFC 9457). The cause stays here.
    public init(_ problem: Problem) {
        self.init(
            problem.kind.status, [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")],
            problem.json.bytes)
    }

    public static func json(_ json: JSON, status: Int = 200, _ headers: [Header] = []) -> Response {
        .json(bytes: json.bytes, status: status, headers)
    }

    /// Of what is JSON already.
    public static func json(bytes: [UInt8], status: Int = 200, _ headers: [Header] = []) -> Response {
        Response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers, bytes)
    }

    /// What the server refuses before any route sees it.
    public init(_ refusal: Refusal) {
        switch refusal {
        case .malformed(let detail): self.init(Problem(.malformed, detail))
        case .notFound: self.init(Problem(.notFound, "There is nothing at this path."))
        case .methodNotAllowed(let methods):
            self.init(Problem(.methodNotAllowed, "This path takes \(methods.joined(separator: ", "))."))
            headers.append(("Allow", methods.joined(separator: ", ")))
        case .contentTooLarge(let limit):
            self.init(Problem(.contentTooLarge, "The body may have at most \(limit) bytes."))
        case .unsupportedMediaType(let types):
            let kinds = types.joined(separator: " or ")
            self.init(Problem(.unsupportedMediaType, "The body must be \(kinds), not compressed."))
            headers.append(("Accept", types.joined(separator: ", ")))
        case .failed: self.init(Problem(.internalError, "Something went wrong here. It has been logged."))
        case .unavailable: self.init(Problem(.unavailable, "The service cannot answer now. Try again."))
        }
    }
}
