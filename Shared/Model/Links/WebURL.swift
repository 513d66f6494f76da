/// An absolute URL of the web (RFC 3986), read strictly: nothing in it that one browser would read otherwise than another.
struct WebURL {
    static let longest = 2048

    let text: String
    /// `https` or `http`.
    let scheme: Substring
    let host: Substring
    /// From the path on; may be empty.
    let rest: Substring

    init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.longest else {
            throw Problem(.validation, "must have at most \(Self.longest) characters")
        }
        try Self.checkCharacters(of: text)
        guard let separator = text.firstRange(of: "://"), ["https", "http"].contains(text[..<separator.lowerBound])
        else {
            throw Problem(.validation, "must begin with https:// or http://")
        }
        self.text = text
        scheme = text[..<separator.lowerBound]
        let authority = text[separator.upperBound...].prefix { !"/?#".contains($0) }
        rest = text[authority.endIndex...]
        host = try Self.host(of: authority)
    }

    /// `https://example.com:8443`, as it was written.
    var origin: Substring { text[..<rest.startIndex] }
    var hasFragment: Bool { rest.contains("#") }

    /// To the browser's own machine.
    var isLoopback: Bool { host == "localhost" || isLoopbackLiteral }
    var isLoopbackLiteral: Bool { host == "127.0.0.1" || host == "[::1]" }
}

extension WebURL {
    private static func checkCharacters(of text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            guard (0x21...0x7E).contains(byte), !#""<>\^`{|}"#.utf8.contains(byte) else {
                throw Problem(
                    .validation,
                    "must be ASCII without spaces, control characters, and \" < > \\ ^ ` { | }")
            }
            if byte == UInt8(ascii: "%") { try checkEscape(bytes[(index + 1)...].prefix(2)) }
        }
    }

    private static func checkEscape(_ digits: ArraySlice<UInt8>) throws(Problem) {
        guard digits.count == 2, let code = UInt8(escape: digits[digits.startIndex], digits[digits.startIndex + 1]),
            code >= 0x20, code != 0x7F
        else {
            throw Problem(.validation, "must have two hexadecimal digits after each %, and no control character there")
        }
    }

    private static func host(of authority: Substring) throws(Problem) -> Substring {
        guard !authority.contains("@") else { throw Problem(.validation, "must not name a user") }
        let bracket = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let host = authority[
            ..<(bracket.map(authority.index(after:)) ?? authority.firstIndex(of: ":") ?? authority.endIndex)]
        guard isHost(host) else {
            throw Problem(.validation, "must name a host, or an IP address in its canonical form")
        }
        let port = authority[host.endIndex...]
        guard port.isEmpty || port.first == ":" && isPort(port.dropFirst()) else {
            throw Problem(.validation, "must name a port from 1 to 65535, or none")
        }
        return host
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") {
            let inner = String(host.dropFirst().dropLast())
            guard host.hasSuffix("]"), let address = try? Address(inner) else { return false }
            return !address.isIPv4 && address.text == inner
        }
        let host = String(host)
        return (try? DomainName(host)) != nil || (try? Address(host)).map { $0.isIPv4 && $0.text == host } ?? false
    }

    private static func isPort(_ port: Substring) -> Bool {
        port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && port.first != "0"
            && UInt16(port) != nil
    }
}
