import GatehouseCrypto
import GatehouseJSON
import GatehouseModel

/// One public key of a client, as it was stated.
struct ClientKey: JSONReadable, Hashable {
    /// What a private or a shared key has, and a public one never (RFC 7518 §6).
    private static let secrets: Set = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    let id: String
    /// Without whatever else its owner had written into it.
    let json: JSON

    /// No problem repeats what was sent: it may be a secret.
    init(json: JSON) throws(Problem) {
        guard let stated = json.object else { throw Problem(.validation, "must be an object") }
        guard Self.secrets.isDisjoint(with: stated.names) else {
            throw Problem(.validation, "is private: state its public half only, and take it for known to others")
        }
        let key: JWK
        do throws(MalformedKey) {
            key = try JWK(json)
        } catch {
            throw Problem(.validation, "is no key for ES256, RS256, PS256 or EdDSA: \(error.reason)")
        }
        guard key.keyID.map(Self.isName) ?? true else {
            throw Problem(field: "kid", "must be 1 to 100 visible ASCII characters")
        }
        id = key.keyID ?? key.thumbprint
        var members = key.json.object ?? [:]
        members["kid"] = .string(id)
        self.json = .object(members)
    }

    private static func isName(_ id: String) -> Bool {
        (1...100).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
