/// A media type as in `Content-Type`: `application/json; charset=utf-8`.
public struct MediaType: Sendable, Hashable {
    /// `type/subtype` in lower case.
    public let essence: String
    /// Names in lower case, values without their quotes.
    public let parameters: [String: String]

    /// Nil where `text` is no media type (RFC 9110 §8.3.1), or repeats a parameter.
    public init?(_ text: String) {
        var rest = Substring(text)
        func token() -> String? {
            let end = rest.utf8.firstIndex { !ByteSet.token.contains($0) } ?? rest.endIndex
            guard end > rest.startIndex else { return nil }
            defer { rest = rest[end...] }
            return String(rest[..<end])
        }
        func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }
        func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" } }
        func quoted() -> String? {
            var value = ""
            while let character = rest.popFirst() {
                if character == "\"" { return value }
                guard let next = character == "\\" ? rest.popFirst() : character else { return nil }
                value.append(next)
            }
            return nil
        }

        skipSpace()
        guard let type = token(), take("/"), let subtype = token() else { return nil }
        var parameters: [String: String] = [:]
        skipSpace()
        while take(";") {
            skipSpace()
            guard rest.first != ";", !rest.isEmpty else { continue }
            guard let name = token()?.lowercased(), take("="), let value = take("\"") ? quoted() : token() else {
                return nil
            }
            guard parameters.updateValue(value, forKey: name) == nil else { return nil }
            skipSpace()
        }
        guard rest.isEmpty else { return nil }
        essence = "\(type)/\(subtype)".lowercased()
        self.parameters = parameters
    }

    /// Whether a body of this type may go where `essence` is asked for: the same type, and in UTF-8 where it states a charset.
    public func fits(_ essence: String) -> Bool {
        self.essence == essence && parameters["charset"].map { $0.lowercased() == "utf-8" } ?? true
    }
}
