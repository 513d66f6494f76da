public import GatehouseJSON

/// Keys of one owner (RFC 7517 §5), each found by its id.
public struct JWKSet: Hashable, Sendable {
    public static let maximumCount = 100
    public let keys: [JWK]

    /// Refuses more keys than `maximumCount`, two of one id, and secrets beside public keys: who may read the one must not have the
    /// other.
    public init(_ keys: [JWK]) throws(MalformedKey) {
        guard keys.count <= Self.maximumCount else { throw MalformedKey("more than \(Self.maximumCount) keys") }
        let ids = keys.compactMap(\.keyID)
        guard Set(ids).count == ids.count else { throw MalformedKey("two keys have the same kid") }
        guard Set(keys.map(\.isSecret)).count <= 1 else { throw MalformedKey("secret and public keys are mixed") }
        self.keys = keys
    }

    /// Stricter than RFC 7517 §5: a key that we cannot use is refused, not passed over, so that its owner learns it.
    public init(_ json: JSON) throws(MalformedKey) {
        guard let elements = json["keys"]?.array else {
            throw MalformedKey("a JWK set is an object with the array keys")
        }
        guard elements.count <= Self.maximumCount else { throw MalformedKey("more than \(Self.maximumCount) keys") }
        var keys: [JWK] = []
        for element in elements { keys.append(try JWK(element)) }
        try self.init(keys)
    }

    /// The key that a token's header names; where it names none, the only one.
    public func key(named id: String?) -> JWK? {
        guard let id else { return keys.count == 1 ? keys.first : nil }
        return keys.first { $0.keyID == id }
    }

    public var json: JSON { ["keys": .array(keys.map(\.json))] }
}
