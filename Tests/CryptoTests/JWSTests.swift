import GatehouseCrypto
import GatehouseJSON
import Testing

@Suite struct `JSON Web Signature` {
    let payload = Array(#"{"iss":"policy"}"#.utf8)
    let secret = HMAC.Key(Random.bytes(32))

    static func token(header: String, payload: [UInt8] = [], by key: HMAC.Key) -> String {
        let input = Base64URL.text(Array(header.utf8)) + "." + Base64URL.text(payload)
        return input + "." + Base64URL.text(key.code(of: Array(input.utf8)))
    }

    /// RFC 7515 appendix A.1.
    @Test func `verifies the HS256 example of RFC 7515`() throws {
        let key = try JWK([
            "kty": "oct",
            "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        ])
        let token = try JWS(
            parsing: "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
                + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(token.type == "JWT")
        #expect(token.algorithm == .hs256)
        #expect(token.keyID == nil)
        #expect(try JSON(parsing: token.payload(verifiedBy: key.verifier)) == Self.claims)
    }

    /// RFC 7515 appendix A.3.
    @Test func `verifies the ES256 example of RFC 7515`() throws {
        let key = try JWK([
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ])
        let token = try JWS(
            parsing: "eyJhbGciOiJFUzI1NiJ9"
                + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
        #expect(token.algorithm == .es256)
        #expect(try JSON(parsing: token.payload(verifiedBy: key.verifier)) == Self.claims)
    }
    static let claims: JSON = ["iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true]

    @Test func `of our own signer carries its header and verifies`() throws {
        let key = SigningKey()
        let signers = [
            (JWS.Signer(key, keyID: "k1", type: "at+jwt"), JWS.Verifier(key.verifyingKey)),
            (try JWS.Signer(secret, keyID: "k1", type: "at+jwt"), try JWS.Verifier(secret)),
        ]
        for (signer, verifier) in signers {
            for size in [0, 1, 2, 3, 600] {
                let payload = Random.bytes(size)
                let token = try JWS(parsing: signer.sign(payload))
                let algorithm = verifier.algorithms[0].rawValue
                #expect(token.header == ["alg": .string(algorithm), "kid": "k1", "typ": "at+jwt"])
                #expect(token.keyID == "k1")
                #expect(token.type == "at+jwt")
                #expect(token.unverifiedPayload == payload)
                #expect(try token.payload(verifiedBy: verifier) == payload)
            }
        }
    }

    @Test func `is refused by another key, and by a key of another algorithm whatever the header says`() throws {
        let key = SigningKey()
        let token = try JWS(parsing: JWS.Signer(key).sign(payload))
        let stranger = JWS.Verifier(SigningKey().verifyingKey)
        #expect(throws: JWS.Failure.signature) { try token.payload(verifiedBy: stranger) }
        let symmetric = try JWS.Verifier(secret)
        #expect(throws: JWS.Failure.algorithm) { try token.payload(verifiedBy: symmetric) }

        // The public key taken for a secret: the classic confusion.
        let point = HMAC.Key(key.verifyingKey.x + key.verifyingKey.y)
        let confused = try JWS(parsing: Self.token(header: #"{"alg":"HS256"}"#, by: point))
        let verifier = JWS.Verifier(key.verifyingKey)
        #expect(throws: JWS.Failure.algorithm) { try confused.payload(verifiedBy: verifier) }
    }

    @Test(
        arguments: [
            (#"{"alg":"none"}"#, .algorithm), (#"{"alg":"NONE"}"#, .algorithm), (#"{"alg":""}"#, .algorithm),
            (#"{"alg":"hs256"}"#, .algorithm), (#"{"alg":"HS512"}"#, .algorithm), (#"{"alg":"RS384"}"#, .algorithm),
            (#"{"typ":"JWT"}"#, .header), (#"{"alg":256}"#, .header), (#"{"alg":null}"#, .header),
            (#"{"alg":"HS256","alg":"HS256"}"#, .header), (#"{"alg":"HS256","kid":1}"#, .header),
            (#"{"alg":"HS256","kid":null}"#, .header), (#"{"alg":"HS256","typ":["JWT"]}"#, .header),
            (#"["alg","HS256"]"#, .header), (#""HS256""#, .header), ("", .header), ("{", .header),
            (#"{"alg":"HS256"}x"#, .header), ("\u{FEFF}{\"alg\":\"HS256\"}", .header),
            (#"{"alg":"HS256","crit":["b64"],"b64":false}"#, .criticalExtension),
            (#"{"alg":"HS256","crit":[]}"#, .criticalExtension), (#"{"alg":"HS256","crit":null}"#, .criticalExtension),
        ] as [(String, JWS.Failure)])
    func `refuses a header without a known algorithm, a plain shape, or with demands`(
        header: String, failure: JWS.Failure
    ) {
        #expect(throws: failure) { try JWS(parsing: Self.token(header: header, by: secret)) }
    }

    @Test func `ignores members of the header that it does not know, and a key that comes along`() throws {
        let header = #"{"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"jku":"https://example.com/","x":1}"#
        let token = try JWS(parsing: Self.token(header: header, payload: payload, by: secret))
        #expect(try token.payload(verifiedBy: JWS.Verifier(secret)) == payload)
    }

    @Test func `has exactly three parts`() throws {
        let text = String(decoding: try JWS.Signer(secret).sign(payload), as: UTF8.self)
        let parts = text.split(separator: ".")
        for wrong in ["", ".", "\(parts[0])", "\(parts[0]).\(parts[1])", text + ".", "." + text, text + ".AA"] {
            #expect(throws: JWS.Failure.notThreeParts) { try JWS(parsing: wrong) }
        }
        #expect(throws: JWS.Failure.header) { try JWS(parsing: "..") }
    }

    @Test func `has a bounded size`() throws {
        let signer = try JWS.Signer(secret)
        let size = JWS.maximumSize * 3 / 4
        #expect(throws: JWS.Failure.tooLong) { try JWS(parsing: signer.sign([UInt8](repeating: 0, count: size))) }
        #expect(throws: Never.self) { try JWS(parsing: signer.sign([UInt8](repeating: 0, count: size - 100))) }
        let long = #"{"alg":"HS256","x":""# + String(repeating: "x", count: 4_096) + #""}"#
        #expect(throws: JWS.Failure.tooLong) { try JWS(parsing: Self.token(header: long, by: secret)) }
    }

    @Test func `refuses a short secret for HS256`() {
        let short = HMAC.Key(Random.bytes(31))
        #expect(throws: MalformedKey.self) { try JWS.Signer(short) }
        #expect(throws: MalformedKey.self) { try JWS.Verifier(short) }
    }

    @Test func `is refused with any byte changed, removed or doubled`() throws {
        let key = SigningKey()
        let signers = [
            (JWS.Signer(key, keyID: "k1", type: "at+jwt"), JWS.Verifier(key.verifyingKey)),
            (try JWS.Signer(secret, keyID: "k1"), try JWS.Verifier(secret)),
        ]
        for (signer, verifier) in signers {
            let token = signer.sign(payload)
            func isAccepted(_ token: [UInt8]) -> Bool {
                (try? JWS(parsing: token).payload(verifiedBy: verifier)) != nil
            }
            #expect(isAccepted(token))
            for index in token.indices {
                for bit in 0..<8 {
                    var changed = token
                    changed[index] ^= 1 << bit
                    #expect(!isAccepted(changed))
                }
                var other = token
                other[index] = other[index] == 65 ? 66 : 65
                #expect(!isAccepted(other))
                other = token
                other.remove(at: index)
                #expect(!isAccepted(other))
                other = token
                other.insert(token[index], at: index)
                #expect(!isAccepted(other))
            }
        }
    }

    /// Half of it random bytes, half of it tokens with random wounds.
    @Test func `never traps, whatever it reads`() throws {
        let verifier = try JWS.Verifier(secret)
        let token = try JWS.Signer(secret).sign(payload)
        let alphabet = Array("eyJhbGciOiJIUzI1NiJ9.-_{}\"\0\u{FF}".utf8)
        var random = SystemRandomNumberGenerator()
        for round in 0..<40_000 {
            var noise = token
            switch round % 4 {
            case 0: noise = Random.bytes(.random(in: 0..<200, using: &random))
            case 1:
                noise = (0..<Int.random(in: 0..<100, using: &random)).map { _ in alphabet[.random(in: alphabet.indices)]
                }
            case 2: noise[.random(in: noise.indices)] = .random(in: 0...255)
            default: noise.removeSubrange(.random(in: 0..<20)...(.random(in: 20..<noise.count)))
            }
            let read = try? JWS(parsing: noise)
            let accepted = try? read?.payload(verifiedBy: verifier)
            #expect(accepted == nil || noise == token)
        }
    }
}
