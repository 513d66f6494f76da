public import GatehouseHTTP

/// A cookie of our own origin alone: `__Host-` and `Secure` (RFC 6265bis §4.1.3.2), for no script to read, and not sent along by other
/// sites' forms. On a loopback http origin there is neither prefix nor `Secure`: browsers would not keep it.
public struct HostCookie: Sendable {
    public let name: String
    private let attributes: String

    public init(_ name: String, origin: String) {
        let isSecure = origin.hasPrefix("https://")
        self.name = (isSecure ? "__Host-" : "") + name
        attributes = "; Path=/\(isSecure ? "; Secure" : ""); HttpOnly; SameSite=Lax"
    }

    /// Nil where there is none, or several: which one is meant, who knows.
    public func value(of request: Request) -> String? { value(in: request.headers("Cookie")) }

    /// The same, of the lines of the header.
    public func value(in lines: [String]) -> String? {
        var found: String?
        for pair in lines.flatMap({ $0.split(separator: ";") }) {
            let pair = pair.drop { $0 == " " || $0 == "\t" }
            guard pair.hasPrefix(name), pair.dropFirst(name.count).first == "=" else { continue }
            guard found == nil else { return nil }
            found = String(pair.dropFirst(name.count + 1))
        }
        return found
    }

    /// `Set-Cookie`; without a life, until the browser is closed.
    public func header(_ value: String, life: Duration? = nil) -> Response.Header {
        let age = life.map { "; Max-Age=\($0.components.seconds)" } ?? ""
        return ("Set-Cookie", "\(name)=\(value)\(attributes)\(age)")
    }

    public var removal: Response.Header { header("", life: .zero) }
}
