import GatehouseCrypto

/// The server's part of what proves a client's secret: HMAC keys with ids, so that one can follow another.
public struct Peppers: Sendable {
    fileprivate let keys: [(id: String, key: [UInt8])]

    /// `GATEHOUSE_PEPPERS`: `id:key[,id:key…]`, keys of at least 32 bytes in base64url; the first is used for new secrets.
    public init(_ configuration: Configuration) throws(Configuration.Failure) {
        var keys: [(id: String, key: [UInt8])] = []
        for entry in configuration.list("PEPPERS") {
            let parts = entry.split(separator: ":", maxSplits: 1)
            // The value is a secret: the complaint must not repeat it.
            guard parts.count == 2, let key = Base64URL.decode(String(parts[1])), key.count >= 32 else {
                throw Configuration.Failure("PEPPERS", "must be id:key, the key 32 bytes or more in base64url")
            }
            guard !keys.contains(where: { $0.id == parts[0] }) else {
                throw Configuration.Failure("PEPPERS", "has the id '\(parts[0])' twice")
            }
            keys.append((String(parts[0]), key))
        }
        guard !keys.isEmpty else { throw Configuration.Failure("PEPPERS", "is required") }
        self.keys = keys
    }

    /// What new secrets are stored under.
    public var current: String { keys[0].id }

    /// HMAC-SHA-256 of a secret under the current key.
    public func code(of secret: String) -> [UInt8] { HMAC.sha256(key: keys[0].key, Array(secret.utf8)) }
}

/// Peppers made ready for who checks many secrets. Lives on its core.
public final class PreparedPeppers {
    private let keys: [(id: String, key: HMAC.Key)]

    public init(_ peppers: Peppers) { keys = peppers.keys.map { ($0.id, HMAC.Key($0.key)) } }

    /// HMAC-SHA-256 of a secret; under an unknown id, or none, nil after the same work.
    public func code(of secret: String, under id: String?) -> [UInt8]? {
        let known = keys.first { $0.id == id }
        let code = (known ?? keys[0]).key.code(of: Array(secret.utf8))
        return known == nil ? nil : code
    }
}
