/// A part of the API that an application may reach: `read:segments` (RFC 6749 §3.3).
public struct Scope: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        guard (1...100).contains(text.utf8.count), text.utf8.allSatisfy(Self.isScopeCharacter) else {
            throw Problem(.validation, "must be a scope: 1 to 100 visible ASCII characters without \" and \\")
        }
        self.text = text
    }

    private static func isScopeCharacter(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
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
