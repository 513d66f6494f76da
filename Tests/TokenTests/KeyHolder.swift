import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport

/// A client that signs what it is known by.
struct KeyHolder {
    static let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
    static let issuer = "http://127.0.0.1:8080"
    /// An id that no client has.
    static let nobody = String(repeating: "n", count: 32)

    let key = SigningKey()

    /// The public half, named by its thumbprint.
    var jwk: JSON { JWK(key.verifyingKey).json }

    /// With other claims, or fewer (null), and another header.
    func assertion(_ claims: JSON.Object = [:], _ header: JSON.Object = [:]) -> String {
        let unsigned = Self.encoded(Self.header(header)) + "." + Self.encoded(Self.claims(claims))
        return unsigned + "." + Base64URL.text(key.sign(Array(unsigned.utf8)))
    }

    static func header(_ more: JSON.Object = [:]) -> JSON { merged(["alg": "ES256"], more) }

    static func claims(_ more: JSON.Object = [:]) -> JSON {
        let now = Timestamp.now().seconds
        return merged(
            [
                "iss": .string(TokenHouse.clientID), "sub": .string(TokenHouse.clientID), "aud": .string(issuer),
                "iat": .integer(now), "exp": .integer(now + 240), "jti": .string(Base64URL.text(Random.bytes(16))),
            ], more)
    }

    static func encoded(_ json: JSON) -> String { Base64URL.text(json.bytes) }

    private static func merged(_ object: JSON.Object, _ more: JSON.Object) -> JSON {
        var object = object
        for (name, value) in more.members {
            if value.isNull { object[name] = nil } else { object[name] = value }
        }
        return .object(object)
    }
}

extension TokenHouse {
    /// Gives the client these keys, and no others.
    func give(_ keys: [JSON], to id: String = clientID) async throws {
        let set: JSON = ["keys": .array(keys)]
        try await sql("update registry.application set jwks = '\(set.text)' where client_id = '\(id)'")
    }

    /// Asks as whoever has signed this.
    func ask(
        _ assertion: String, _ form: String = "grant_type=client_credentials", at path: String = "/oauth/token",
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await post(
            path, "\(form)&client_assertion_type=\(KeyHolder.kind)&client_assertion=\(assertion)", headers: headers)
    }
}
