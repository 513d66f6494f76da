import GatehouseCrypto
import GatehouseJSON
import Testing

@Suite struct `EdDSA` {
    /// The key of RFC 8037 appendix A.2.
    static let example: JSON = [
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    ]

    /// RFC 8037 appendices A.3 and A.4.
    @Test func `has the thumbprint and verifies the example of RFC 8037`() throws {
        let key = try JWK(Self.example)
        #expect(key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        let token = try JWS(
            parsing: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
                + ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
        #expect(try token.payload(verifiedBy: key.verifier) == Array("Example of Ed25519 signing".utf8))
        #expect(try JWK(JSON(parsing: key.json.bytes)) == key)
    }

    @Test(
        arguments: [
            ("crv", nil), ("crv", "Ed448"), ("crv", "X25519"), ("x", nil), ("x", "11qY"), ("d", "AAAA"),
            ("alg", "ES256"),
        ] as [(String, JSON?)])
    func `refuses a key that is none`(name: String, value: JSON?) {
        var object = Self.example.object ?? [:]
        object[name] = value
        #expect(throws: MalformedKey.self) { try JWK(.object(object)) }
    }

    struct Group: Decodable {
        struct Vector: Decodable {
            let tcId: Int
            let comment, msg, sig: String
            let result: Verdict
        }
        struct Key: Decodable { let pk: String }
        let publicKey: Key
        let tests: [Vector]
    }

    @Test func `passes Wycheproof`() throws {
        var tally = Tally()
        for group in try Wycheproof<Group>.read("ed25519_test") {
            let key = try Ed25519VerifyingKey(bytes(group.publicKey.pk))
            for vector in group.tests {
                let valid = key.isValid(bytes(vector.sig), of: bytes(vector.msg))
                #expect(valid == (vector.result == .valid), "\(vector.tcId): \(vector.comment)")
                tally.count(vector.result)
            }
        }
        print("ed25519: \(tally)")
        #expect(tally.valid + tally.invalid == 151)
    }
}
