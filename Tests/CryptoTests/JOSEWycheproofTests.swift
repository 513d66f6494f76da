import Foundation
import GatehouseCrypto
import GatehouseJSON
import Testing

/// Wycheproof's three files of JSON Web keys and signatures, as far as they concern our algorithms.
@Suite struct `Wycheproof for JOSE` {
    struct Vector {
        let id: Int64
        let comment: String
        let token: JSON
        let verdict: Verdict
        let key: JSON

        /// Reads the key or the set, the token, and verifies: any failure on the way is a refusal.
        var isAccepted: Bool {
            guard let token = token.string, let jws = try? JWS(parsing: token) else { return false }
            let set = key["keys"] == nil ? try? JWKSet([JWK(key)]) : try? JWKSet(key)
            let verifier = (set?.key(named: jws.keyID) ?? set?.key(named: nil))?.verifier
            return verifier.flatMap { try? jws.payload(verifiedBy: $0) } != nil
        }
    }

    /// Skipped: encryption (JWE), which we have not; keys on other curves, and algorithms with longer hashes, which we do not know. The key
    /// is the public one, or the shared secret.
    func vectors(_ name: String) throws -> (vectors: [Vector], skipped: Int) {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
        let file = try JSON(parsing: Array(Data(contentsOf: url)))
        var vectors: [Vector] = []
        var skipped = 0
        for group in try #require(file["testGroups"]?.array) {
            let key = try #require(group["public"] ?? group["private"])
            let keys = key["keys"]?.array ?? [key]
            for test in try #require(group["tests"]?.array) {
                guard let token = test["jws"], keys.allSatisfy(Self.concerns) else {
                    skipped += 1
                    continue
                }
                vectors.append(
                    Vector(
                        id: try #require(test["tcId"]?.integer), comment: try #require(test["comment"]?.string),
                        token: token, verdict: try #require(Verdict(rawValue: test["result"]?.string ?? "")), key: key))
            }
        }
        return (vectors, skipped)
    }

    static func concerns(_ key: JSON) -> Bool {
        let foreign: Set = ["RS384", "RS512", "PS384", "PS512", "HS384", "HS512"]
        if let algorithm = key["alg"]?.string, foreign.contains(algorithm) { return false }
        return key["crv"] != "P-521"
    }

    /// Six verdicts of the first file are mistaken. 346 and 350 are signed by PS384 for keys that say PS256. 367 and 370 are byte for byte the valid 357 (C2SP/wycheproof#236). In 372 and 373 a `?`
    /// stands inside the header or the payload, and the signature is over the text without it: RFC 7515 §5.2 has these refused.
    @Test(
        arguments: [
            ("json_web_signature_test", 366, [346, 350, 367, 370, 372, 373]), ("json_web_key_test", 20, []),
            ("json_web_crypto_test", 49, []),
        ] as [(String, Int, Set<Int64>)])
    func `passes`(name: String, count: Int, mistaken: Set<Int64>) throws {
        var tally = Tally()
        let (vectors, skipped) = try vectors(name)
        tally.skipped = skipped
        for vector in vectors {
            let expected = (vector.verdict == .valid) != mistaken.contains(vector.id)
            #expect(vector.isAccepted == expected, "\(vector.id): \(vector.comment)")
            tally.count(vector.verdict)
        }
        print("\(name): \(tally)")
        #expect(tally.valid + tally.invalid == count)
    }
}
