import GatehouseCrypto
import GatehouseJSON
import Testing

@Suite struct `JSON Web Key` {
    /// RFC 9449 §6.1: a key on P-256, and the thumbprint that it is bound by.
    static let example: JSON = [
        "kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    ]
    static let secret: JSON = ["kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"]

    static func example(with name: String, _ value: JSON?) -> JSON { changed(example, name, value) }

    static func changed(_ json: JSON, _ name: String, _ value: JSON?) -> JSON {
        var object = json.object ?? [:]
        object[name] = value
        return .object(object)
    }

    @Test func `has the thumbprint of RFC 9449's example`() throws {
        #expect(try JWK(Self.example).thumbprint == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        let dressed = Self.changed(Self.example(with: "kid", "mine"), "use", "sig")
        #expect(try JWK(dressed).thumbprint == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
    }

    /// RFC 7638 §3.1.
    @Test func `has the thumbprint of RFC 7638's example`() throws {
        let modulus =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn"
            + "jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6"
            + "qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8aw"
            + "apJzKnqDKgw"
        let key = try JWK(["kty": "RSA", "n": .string(modulus), "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"])
        #expect(key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test func `of our own key is published with its thumbprint as kid, and read again`() throws {
        let key = SigningKey()
        let jwk = JWK(key.verifyingKey)
        #expect(jwk.keyID == jwk.thumbprint)
        #expect(
            jwk.json
                == [
                    "kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "kid": .string(jwk.thumbprint),
                    "x": .string(Base64URL.text(key.verifyingKey.x)), "y": .string(Base64URL.text(key.verifyingKey.y)),
                ])
        #expect(try JWK(JSON(parsing: jwk.json.bytes)) == jwk)
    }

    @Test func `ignores members it does not know`() throws {
        #expect(try JWK(Self.example(with: "x5t", "abc")) == JWK(Self.example))
    }

    @Test(
        arguments: [
            ("kty", nil), ("kty", "RSA"), ("kty", "OKP"), ("kty", "ec"), ("kty", 1), ("crv", nil), ("crv", "P-384"),
            ("crv", "secp256k1"),
            ("x", nil), ("x", ""), ("x", "l8tF"), ("x", "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs="), ("y", nil),
            ("y", 5),
            ("y", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDE"), ("d", "AAAA"), ("use", "enc"), ("use", 1),
            ("alg", "HS256"), ("alg", "ES384"), ("alg", "none"), ("key_ops", ["sign"]), ("key_ops", "verify"),
            ("kid", ""),
            ("kid", 7),
        ] as [(String, JSON?)])
    func `refuses a key that is not whole, not public, not on the curve, or not for verifying`(
        name: String, value: JSON?
    ) {
        #expect(throws: MalformedKey.self) { try JWK(Self.example(with: name, value)) }
    }

    @Test(
        arguments: [
            ("k", nil), ("k", ""), ("k", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg"), ("alg", "ES256"),
            ("alg", "A256GCM"),
            ("use", "enc"),
        ] as [(String, JSON?)])
    func `refuses a secret that is short or for something else`(name: String, value: JSON?) {
        #expect(throws: MalformedKey.self) { try JWK(Self.changed(Self.secret, name, value)) }
    }

    @Test func `set finds a key by its kid, and without one only when it is alone`() throws {
        let keys = (0..<3).map { _ in JWK(SigningKey().verifyingKey) }
        let set = try JWKSet(JSON(parsing: JWKSet(keys).json.bytes))
        for key in keys { #expect(set.key(named: key.keyID) == key) }
        #expect(set.key(named: "another") == nil)
        #expect(set.key(named: nil) == nil)
        #expect(try JWKSet([keys[0]]).key(named: nil) == keys[0])
    }

    @Test(
        arguments: [
            [], ["keys": [:]], ["keys": [1]], ["keys": [example(with: "kid", "a"), example(with: "kid", "a")]],
            ["keys": [example, secret]], ["keys": [example, ["kty": "RSA"]]],
            ["keys": .array(Array(repeating: example, count: 101))],
        ] as [JSON])
    func `set refuses what is no set, two keys of one kid, secrets beside public keys, and too many`(json: JSON) {
        #expect(throws: MalformedKey.self) { try JWKSet(json) }
    }
}
