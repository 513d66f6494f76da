import GatehouseCrypto
import Testing

@Suite struct `Digests` {
    static let alphabet = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (alphabet, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ])
    func `SHA-256 gives the examples of FIPS 180`(message: String, digest: String) {
        #expect(SHA256.digest(Array(message.utf8)) == bytes(digest))
    }

    @Test func `SHA-256 of a million letters, piece by piece, is that of FIPS 180`() {
        var digest = SHA256()
        for _ in 0..<1_000 { digest.update(Array(repeating: UInt8(ascii: "a"), count: 1_000)) }
        let expected = bytes("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(digest.finish() == expected)
    }

    @Test func `SHA-256 does not see where a message was cut`() {
        let message = Random.bytes(200)
        for cut in 0...message.count {
            var digest = SHA256()
            digest.update(Array(message[..<cut]))
            digest.update(Array(message[cut...]))
            #expect(digest.finish() == SHA256.digest(message))
        }
    }
}

@Suite struct `HMAC-SHA-256` {
    /// RFC 4231 §4.2 to §4.8; of the fifth only the first 128 bits are given.
    static let examples: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            Array(repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            Array(repeating: 0xAA, count: 20), Array(repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), Array(repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            Array(repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            Array(repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            Array(repeating: 0xAA, count: 131),
            Array(
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                    .utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: examples)
    func `gives the examples of RFC 4231`(key: [UInt8], message: [UInt8], code: String) {
        let expected = bytes(code)
        #expect(Array(HMAC.sha256(key: key, message).prefix(expected.count)) == expected)
    }

    @Test func `gives the same from a key that is used again`() {
        let secret = Random.bytes(32)
        let key = HMAC.Key(secret)
        for size in 0..<200 {
            let message = Random.bytes(size)
            let code = key.code(of: message)
            #expect(code == HMAC.sha256(key: secret, message))
            #expect(key.isValid(code, of: message))
            #expect(!key.isValid(code, of: message + [0]))
            #expect(!key.isValid(Array(code.dropLast()), of: message))
        }
    }

    @Test func `takes an empty key for what it is`() {
        let expected = bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(HMAC.sha256(key: [], []) == expected)
    }

    struct Group: Decodable {
        struct Vector: Decodable {
            let tcId: Int
            let key, msg, tag: String
            let result: Verdict
        }
        let tagSize: Int
        let tests: [Vector]
    }

    /// Of a code of 128 bits only the comparison is ours to make: we do not cut codes.
    @Test func `passes Wycheproof`() throws {
        var tally = Tally()
        for group in try Wycheproof<Group>.read("hmac_sha256_test") {
            for vector in group.tests {
                let code = HMAC.Key(bytes(vector.key)).code(of: bytes(vector.msg))
                let cut = Array(code.prefix(group.tagSize / 8))
                #expect(equalInConstantTime(cut, bytes(vector.tag)) == (vector.result == .valid), "\(vector.tcId)")
                tally.count(vector.result)
            }
        }
        print("hmac_sha256: \(tally)")
        #expect(tally.valid + tally.invalid == 174)
    }
}

@Suite struct `Comparison in constant time` {
    @Test func `is equality`() {
        let secret = Random.bytes(32)
        #expect(equalInConstantTime(secret, secret))
        #expect(equalInConstantTime([], []))
        for index in secret.indices {
            var other = secret
            other[index] ^= 1
            #expect(!equalInConstantTime(secret, other))
        }
    }

    @Test func `finds unequal lengths unequal`() {
        #expect(!equalInConstantTime([1, 2], [1, 2, 0]))
        #expect(!equalInConstantTime([1], []))
    }
}

@Suite struct `Random bytes` {
    @Test func `come in the number asked for, and never twice`() {
        for count in [0, 1, 16, 1_000] { #expect(Random.bytes(count).count == count) }
        #expect(Set((0..<1_000).map { _ in Random.bytes(16) }).count == 1_000)
        #expect(Set((0..<1_000).map { _ in Random.uint64() }).count == 1_000)
    }
}
