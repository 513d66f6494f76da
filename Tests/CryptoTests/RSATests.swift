import GatehouseCrypto
import GatehouseJSON
import Testing

@Suite struct `RS256 and PS256` {
    struct Group: Decodable {
        struct Vector: Decodable {
            let tcId: Int
            let comment, msg, sig: String
            let result: Verdict
        }
        struct Key: Decodable { let modulus, publicExponent: String }
        let publicKey: Key
        let tests: [Vector]

        var numbers: (modulus: [UInt8], exponent: [UInt8]) {
            (Array(bytes(publicKey.modulus).drop { $0 == 0 }), bytes(publicKey.publicExponent))
        }
    }

    /// One vector may be taken or not, PKCS #1 padding without its NULL: it is not.
    @Test(
        arguments: [
            ("rsa_signature_2048_sha256_test", .pkcs1, 258), ("rsa_pss_2048_sha256_mgf1_32_test", .pss, 108),
        ] as [(String, RSAVerifyingKey.Padding, Int)])
    func `pass Wycheproof`(name: String, padding: RSAVerifyingKey.Padding, count: Int) throws {
        var tally = Tally()
        for group in try Wycheproof<Group>.read(name) {
            let key = try RSAVerifyingKey(modulus: group.numbers.modulus, exponent: group.numbers.exponent)
            for vector in group.tests {
                let valid = key.isValid(bytes(vector.sig), of: bytes(vector.msg), padding)
                #expect(valid == (vector.result == .valid), "\(vector.tcId): \(vector.comment)")
                if vector.result == .acceptable { tally.skipped += 1 } else { tally.count(vector.result) }
            }
        }
        print("\(name): \(tally)")
        #expect(tally.valid + tally.invalid == count)
    }

    /// The key of RFC 7515 appendix A.2.
    static let example: JSON = [
        "kty": "RSA", "e": "AQAB",
        "n": .string(
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs"
                + "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV"
                + "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
        ),
    ]

    @Test func `verify the example of RFC 7515`() throws {
        let token = try JWS(
            parsing: "eyJhbGciOiJSUzI1NiJ9"
                + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1"
                + "dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDw"
                + "usC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        )
        for name in ["RS256", nil] as [String?] {
            let verifier = try JWK(Self.with("alg", name.map { .string($0) })).verifier
            #expect(try JSON(parsing: token.payload(verifiedBy: verifier))["iss"] == "joe")
        }
        let other = try JWK(Self.with("alg", "PS256")).verifier
        #expect(throws: JWS.Failure.algorithm) { try token.payload(verifiedBy: other) }
    }

    /// Whose key does not say which is for both; one that does, for that one.
    @Test func `are both a key's that names none, and one a key's that names it`() throws {
        #expect(try JWK(Self.example).algorithms == [.rs256, .ps256])
        #expect(try JWK(Self.with("alg", "PS256")).algorithms == [.ps256])
        #expect(try JWK(JSON(parsing: JWK(Self.example).json.bytes)) == JWK(Self.example))
    }

    @Test(
        arguments: [
            ("n", nil), ("n", ""), ("n", "AAAA"), ("n", "ofgW"), ("e", nil), ("e", "AAEAAQ"), ("e", "Ag"), ("e", "AQ"),
            ("e", "AQAAAAE"), ("d", "AAAA"), ("alg", "ES256"), ("alg", "HS256"), ("alg", "RS384"), ("use", "enc"),
            ("n", .string(Base64URL.text([UInt8](repeating: 0xFF, count: 255)))),
            ("n", .string(Base64URL.text([UInt8](repeating: 0xFF, count: 1_025)))),
            ("n", .string(Base64URL.text([UInt8](repeating: 0xFE, count: 256)))),
        ] as [(String, JSON?)])
    func `refuse a key that is short, costly, even, private or for something else`(name: String, value: JSON?) {
        #expect(throws: MalformedKey.self) { try JWK(Self.with(name, value)) }
    }

    private static func with(_ name: String, _ value: JSON?) -> JSON {
        var object = example.object ?? [:]
        object[name] = value
        return .object(object)
    }
}
