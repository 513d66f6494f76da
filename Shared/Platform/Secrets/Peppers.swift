import GatehouseCrypto

/// The server's part of what proves a client's secret: HMAC keys with ids, so that one can follow another.
public struct Peppers: Sendable {
    fileprivate let keys: [(id: String, key: [UInt8])]

    /// `GATEHOUSE_PEPPERS`: `id:key[,id:key…]`, keys of at least 32 bytes in base64url; the first is used for new secrets.
    public init(_ configuration: Configuration) throws(Configuration.Failure) {
        keys = try configuration.keys("PEPPERS", of: 32...Int.max)
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
