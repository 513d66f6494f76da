/// Where an authorization code may be sent (F30): https, or http to the browser's own machine; kept byte by byte (A12, A13).
public struct RedirectURI: TextValue {
    private let url: WebURL

    public init(_ text: String) throws(Problem) {
        let url = try WebURL(text)
        guard url.scheme == "https" || url.isLoopback else {
            throw Problem(.validation, "must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])")
        }
        guard !url.hasFragment else { throw Problem(.validation, "must have no fragment, not even an empty one") }
        guard !text.utf8.contains(UInt8(ascii: "*")) else {
            throw Problem(.validation, "must be one exact URL: * stands for nothing")
        }
        self.url = url
    }

    public var text: String { url.text }

    /// The scheme, host and port, as a content security policy names them.
    public var origin: String { String(url.origin) }

    /// Whether a request that names `received` means this URI: byte by byte, but for the port of a loopback literal,
    /// which the client's machine chooses at run time (RFC 8252 §7.3).
    public func matches(_ received: String) -> Bool {
        // Bytes, not characters: U+212A is canonically equal to K.
        if text.utf8.elementsEqual(received.utf8) { return true }
        guard url.isLoopbackLiteral, url.scheme == "http", let other = try? WebURL(received) else { return false }
        return other.scheme == "http" && other.host == url.host && other.rest == url.rest
    }

    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
