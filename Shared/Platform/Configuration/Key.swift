import GatehouseCrypto

extension Configuration {
    /// A secret of at least that many bytes, in base64url.
    public func key(_ name: String, atLeast bytes: Int) throws(Failure) -> [UInt8] {
        let text = try text(name)
        // The value is a secret: the complaint must not repeat it.
        guard let key = Base64URL.decode(text) else { throw Failure(name, "is not base64url without padding") }
        guard key.count >= bytes else { throw Failure(name, "has \(key.count) bytes, and needs at least \(bytes)") }
        return key
    }

    /// `https://host[:port]`, or `http` on a loopback host.
    func origin() throws(Failure) -> String {
        let text = try text("ORIGIN", default: "http://127.0.0.1:8080")
        let secure = text.hasPrefix("https://")
        let authority = text.dropFirst(secure ? "https://".count : "http://".count)
        let local = ["127.0.0.1", "localhost", "[::1]"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
        guard secure || (text.hasPrefix("http://") && local) else {
            throw Failure("ORIGIN", "'\(text)' is neither https nor http on a loopback host")
        }
        guard !authority.isEmpty, authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#@".utf8.contains($0) })
        else {
            throw Failure("ORIGIN", "'\(text)' is not scheme, host and port alone")
        }
        return text
    }
}
