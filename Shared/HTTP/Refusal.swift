/// Why a request reached no handler, or got no answer from it.
public enum Refusal: Error, Hashable {
    /// The request is not HTTP as we read it; the connection is closed.
    case malformed(String)
    case notFound
    /// The methods that there are, for `Allow`.
    case methodNotAllowed([String])
    /// The endpoint's limit in bytes.
    case contentTooLarge(Int)
    /// The media types that there are, for `Accept`, `Accept-Patch`, …
    case unsupportedMediaType([String])
    /// The server is about to end.
    case unavailable
    /// The handler's answer could not be sent, or did not come in time.
    case failed
}
