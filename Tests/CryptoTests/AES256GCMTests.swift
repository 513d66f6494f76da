import GatehouseCrypto
import Testing

@Suite struct `AES-256-GCM` {
    let key = Random.bytes(32)
    let place = Array("token.signing_key/1".utf8)

    @Test(arguments: [0, 1, 15, 16, 17, 138, 10_000])
    func `opens what it sealed, of any length`(size: Int) throws {
        let cipher = try AES256GCM(key: key)
        let plaintext = Random.bytes(size)
        let sealed = cipher.seal(plaintext, additional: place)
        #expect(sealed.count == 12 + size + 16)
        #expect(try cipher.open(sealed, additional: place) == plaintext)
        #expect(try AES256GCM(key: key).open(sealed, additional: place) == plaintext)
    }

    @Test func `never seals twice alike`() throws {
        let cipher = try AES256GCM(key: key)
        let nonces = (0..<1_000).map { _ in cipher.seal([1, 2, 3]).prefix(12) }
        #expect(Set(nonces).count == nonces.count)
    }

    @Test func `refuses every flipped bit, a missing end, another place and another key`() throws {
        let cipher = try AES256GCM(key: key)
        let sealed = cipher.seal(Array("a private key".utf8), additional: place)
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: AES256GCM.NotAuthentic.self) { try cipher.open(changed, additional: place) }
        }
        for size in sealed.indices {
            #expect(throws: AES256GCM.NotAuthentic.self) { try cipher.open(Array(sealed[..<size]), additional: place) }
        }
        #expect(throws: AES256GCM.NotAuthentic.self) { try cipher.open(sealed) }
        #expect(throws: AES256GCM.NotAuthentic.self) {
            try AES256GCM(key: Random.bytes(32)).open(sealed, additional: place)
        }
        #expect(try cipher.open(sealed, additional: place) == Array("a private key".utf8))
    }

    @Test(arguments: [0, 16, 24, 31, 33])
    func `refuses a key of another length`(size: Int) {
        #expect(throws: MalformedKey.self) { _ = try AES256GCM(key: Random.bytes(size)).seal([]) }
    }

    struct Group: Decodable {
        struct Vector: Decodable {
            let tcId: Int
            let key, iv, aad, msg, ct, tag: String
            let result: Verdict
        }
        let ivSize, keySize, tagSize: Int
        let tests: [Vector]
    }

    /// Keys of 128 and 192 bits and nonces of other lengths than 96 bits are skipped: we have none.
    @Test func `passes Wycheproof`() throws {
        var tally = Tally()
        for group in try Wycheproof<Group>.read("aes_gcm_test") {
            guard group.keySize == 256, group.ivSize == 96, group.tagSize == 128 else {
                tally.skipped += group.tests.count
                continue
            }
            for vector in group.tests {
                let cipher = try AES256GCM(key: bytes(vector.key))
                let sealed = bytes(vector.iv + vector.ct + vector.tag)
                let opened = try? cipher.open(sealed, additional: bytes(vector.aad))
                let resealed = cipher.seal(bytes(vector.msg), additional: bytes(vector.aad), nonce: bytes(vector.iv))
                switch vector.result {
                case .valid:
                    #expect(opened == bytes(vector.msg), "\(vector.tcId)")
                    #expect(resealed == sealed, "\(vector.tcId)")
                case .invalid, .acceptable:
                    #expect(opened == nil, "\(vector.tcId)")
                    #expect(resealed != sealed, "\(vector.tcId)")
                }
                tally.count(vector.result)
            }
        }
        print("aes_gcm: \(tally)")
        #expect(tally.valid + tally.invalid == 66)
    }
}
