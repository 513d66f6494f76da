import GatehouseCrypto
import Testing

@Suite struct `ES256` {
    let message = Array("the main job".utf8)

    @Test func `verifies what it signed, and nothing else`() throws {
        let key = SigningKey()
        for size in [0, 1, 63, 64, 600] {
            let message = Random.bytes(size)
            let signature = key.sign(message)
            #expect(signature.count == 64)
            #expect(key.verifyingKey.isValid(signature, of: message))
            #expect(!key.verifyingKey.isValid(signature, of: message + [0]))
            #expect(!SigningKey().verifyingKey.isValid(signature, of: message))
        }
    }

    /// One r or s in 256 is shorter than 32 bytes and must be padded.
    @Test func `pads short halves of a signature`() {
        let key = SigningKey()
        let verifyingKey = key.verifyingKey
        var short = 0
        while short < 4 {
            let signature = key.sign(Random.bytes(8))
            if signature[0] == 0 || signature[32] == 0 { short += 1 }
            #expect(signature.count == 64)
        }
        let signature = key.sign(message)
        #expect(verifyingKey.isValid(signature, of: message))
    }

    @Test func `refuses every flipped bit of a signature, and every other length`() {
        let key = SigningKey()
        let verifyingKey = key.verifyingKey
        let signature = key.sign(message)
        for bit in 0..<(signature.count * 8) {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifyingKey.isValid(changed, of: message))
        }
        for size in [0, 1, 32, 63, 65, 72, 128] {
            #expect(!verifyingKey.isValid(Array((signature + signature).prefix(size)), of: message))
        }
        #expect(verifyingKey.isValid(signature, of: message))
    }

    @Test func `goes through PKCS #8 and stays the same key`() throws {
        let key = SigningKey()
        let copy = try SigningKey(pkcs8: key.pkcs8)
        #expect(copy.pkcs8 == key.pkcs8)
        #expect(copy.verifyingKey.x == key.verifyingKey.x)
        #expect(copy.verifyingKey.y == key.verifyingKey.y)
        #expect(key.verifyingKey.isValid(copy.sign(message), of: message))
    }

    @Test func `refuses cut, extended and changed PKCS #8`() throws {
        let encoded = SigningKey().pkcs8
        for size in encoded.indices {
            #expect(throws: MalformedKey.self) { _ = try SigningKey(pkcs8: Array(encoded[..<size])) }
        }
        #expect(throws: MalformedKey.self) { _ = try SigningKey(pkcs8: encoded + [0]) }
        // The last 64 bytes are the public point, which must belong to the private number.
        var mixed = encoded
        mixed.replaceSubrange((encoded.count - 64)..., with: SigningKey().pkcs8.suffix(64))
        #expect(throws: MalformedKey.self) { _ = try SigningKey(pkcs8: mixed) }
    }

    @Test(arguments: [ed25519, p384, secp256k1])
    func `refuses a private key of another kind`(der: String) {
        #expect(throws: MalformedKey.self) { _ = try SigningKey(pkcs8: bytes(der)) }
    }

    // Made by `openssl genpkey`, used nowhere.
    static let ed25519 = """
        302e020100300506032b65700422042030809b91cdd726688edf266d118cf37b7beb2fea6ad394a2854b6270559aa441
        """
    static let p384 = """
        3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430f2b65fd7e4b0a0f34211a289489629
        fc9994969f8c55f1a2dc929d525687fbbd83a8c7d9c9c2c2b227c056ae64bdc184a16403620004731cc8072c2ec574a38324
        ff372a20963079ff68fb91094069c7cc128859ec25ae745654e92ad48fe13eda5a06187fa894571be7e2afb7078568007263
        e4a81fd747cb8578967382f7d3ef06ffed088941fb61d874eb3049fd48d345ca5838bb
        """
    static let secp256k1 = """
        308184020100301006072a8648ce3d020106052b8104000a046d306b02010104202a38b1f749e1f06c930d704d986ee5a201
        458c2f8d023ce35a96c6e2deb6e530a14403420004bf0b09fc8c7f059f5fd3b460e949583ca06e9f735990c40dd8450da131
        f0faa3f56d7717d9b6e07d7e7dbd6804aef28f1d40036e2405f76c0a3284536e7a7af6
        """

    @Test func `refuses a point off the curve, at infinity, or out of range`() {
        let key = SigningKey().verifyingKey
        var off = key.y
        off[31] ^= 1
        let zero = [UInt8](repeating: 0, count: 32)
        let large = [UInt8](repeating: 0xFF, count: 32)
        for (x, y) in [(key.x, off), (zero, zero), (large, key.y), (key.x, large), (key.x, []), (key.x + [0], key.y)] {
            #expect(throws: MalformedKey.self) { _ = try VerifyingKey(x: x, y: y) }
        }
        #expect(throws: Never.self) { _ = try VerifyingKey(x: key.x, y: key.y) }
    }

    struct Group: Decodable {
        struct Key: Decodable { let uncompressed: String }
        struct Vector: Decodable {
            let tcId: Int
            let comment, msg, sig: String
            let result: Verdict
        }
        let publicKey: Key
        let tests: [Vector]
    }

    @Test func `passes Wycheproof`() throws {
        var tally = Tally()
        for group in try Wycheproof<Group>.read("ecdsa_secp256r1_sha256_p1363_test") {
            let point = bytes(group.publicKey.uncompressed)
            let key = try VerifyingKey(x: Array(point[1..<33]), y: Array(point[33...]))
            for vector in group.tests {
                let valid = key.isValid(bytes(vector.sig), of: bytes(vector.msg))
                #expect(valid == (vector.result == .valid), "\(vector.tcId): \(vector.comment)")
                tally.count(vector.result)
            }
        }
        print("ecdsa_secp256r1_sha256_p1363: \(tally)")
        #expect(tally.valid + tally.invalid == 262)
    }
}
