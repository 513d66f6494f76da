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

    /// Secrets with ids, so that one can follow another: `id:key[,id:key…]`, the keys of so many bytes, in base64url.
    func keys(_ name: String, of size: ClosedRange<Int>) throws(Failure) -> [(id: String, key: [UInt8])] {
        var keys: [(id: String, key: [UInt8])] = []
        for entry in list(name) {
            let parts = entry.split(separator: ":", maxSplits: 1)
            // The value is a secret: the complaint must not repeat it.
            guard parts.count == 2, let key = Base64URL.decode(String(parts[1])), size.contains(key.count) else {
                let bytes = "\(size.lowerBound) bytes\(size.count == 1 ? "" : " or more")"
                throw Failure(name, "must be id:key, the key \(bytes) in base64url")
            }
            guard !keys.contains(where: { $0.id == parts[0] }) else {
                throw Failure(name, "has the id '\(parts[0])' twice")
            }
            keys.append((String(parts[0]), key))
        }
        guard !keys.isEmpty else { throw Failure(name, "is required") }
        return keys
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
