/// A part of the API that an application may reach: `read:segments` (RFC 6749 §3.3).
public struct Scope: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        guard (1...100).contains(text.utf8.count), Self.isScope(text.utf8.span) else {
            throw Problem(.validation, "must be a scope: 1 to 100 visible ASCII characters without \" and \\")
        }
        self.text = text
    }

    private static func isScope(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): return false
            case 0x21...0x7E: break
            default: return false
            }
        }
        return true
    }
}

extension Scope {
    /// The parameter `scope`: one or more with one space between; the same one twice is one.
    public static func list(_ text: String) throws(Problem) -> [Scope] {
        var scopes: [Scope] = []
        for part in text.split(separator: " ", omittingEmptySubsequences: false) {
            let scope = try Scope(String(part))
            if !scopes.contains(scope) { scopes.append(scope) }
        }
        return scopes
    }
}

extension Sequence<Scope> {
    /// As in the parameter and the claim `scope`.
    public var text: String { map(\.text).joined(separator: " ") }
}
