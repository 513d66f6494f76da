import GatehouseCrypto
import GatehouseJSON
import GatehouseModel

/// The public keys by which a client proves itself in place of its secret (`private_key_jwt`, OIDC Core §9): a JWK set.
///
/// Of what was sent only what makes a public key is kept, so nothing else is ever stored, shown or told.
struct ClientKeys: Sendable, Hashable {
    static let most = 10
    /// As JSON: as much as ten RSA keys of 4,096 bits. It bounds what a signature by no key of theirs costs.
    static let mostBytes = 8_192

    /// Each key has a `kid`: the one it came with, or its thumbprint.
    let json: JSON

    /// What was read once, and stored.
    init(stored json: JSON) { self.json = json }

    private var keys: [JSON] { json["keys"]?.array ?? [] }

    /// Whether there is a key among them that is not among `others`.
    func adds(to others: ClientKeys?) -> Bool { !Set(keys).isSubset(of: others?.keys ?? []) }

    /// As facts tell them: which keys, by name and thumbprint (RFC 7638).
    var summary: JSON {
        .array(keys.map { key in ["kid": key["kid"] ?? .null, "thumbprint": .string(Self.thumbprint(of: key))] })
    }

    /// Of a key as it is stored: what is not in its way of being used is the key itself.
    private static func thumbprint(of key: JSON) -> String {
        let members = (key.object ?? [:]).members.filter { !["kid", "use", "alg"].contains($0.name) }
        let required = JSON.Object(members.sorted { $0.name < $1.name }.map { ($0.name, $0.value) })
        return Base64URL.text(SHA256.digest(JSON.object(required).bytes))
    }
}

extension ClientKeys: JSONReadable {
    /// Members of the set that we do not know are passed over (RFC 7517 §5); a key that we cannot use is refused, so that its owner
    /// learns it.
    init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        fields.passOverOthers()
        let keys = fields.required("keys", as: [ClientKey].self, atMost: Self.most)
        guard let keys, fields.areValid else { throw fields.problem }
        if keys.isEmpty { fields.refuse("keys", "must have at least one key (jwks: null takes them away)") }
        var ids: Set<String> = []
        for (index, key) in keys.enumerated() where !ids.insert(key.id).inserted {
            fields.refuse("keys[\(index)].kid", "is the kid of another key, too")
        }
        try fields.finish()
        self.json = ["keys": .array(keys.map(\.json))]
        guard self.json.bytes.count <= Self.mostBytes else {
            throw Problem(.validation, "must have at most \(Self.mostBytes) bytes")
        }
    }
}
