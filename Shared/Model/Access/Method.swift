/// The methods that a route can have; HEAD is decided as GET, any other belongs to no route.
public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// The method as which a request is decided; methods are case-sensitive (RFC 9110 §9.1).
    public init?(deciding text: String) {
        self.init(rawValue: text == "HEAD" ? "GET" : text)
    }

    /// A request that changes something: its domain rule asks for more, and it is recorded before the answer.
    public var isWrite: Bool { self != .get }
}
