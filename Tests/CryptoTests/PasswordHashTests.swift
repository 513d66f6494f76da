import GatehouseCrypto
import Testing

@Suite struct `Password hash` {
    let password = Array("correct horse battery staple".utf8)
    let small: PasswordHash.Parameters

    init() throws {
        small = try #require(PasswordHash.Parameters(logarithmOfCost: 4, blockSize: 8, parallelization: 1))
    }

    /// RFC 7914 §12; its last example takes a gigabyte.
    @Test(
        arguments: [
            (
                "", "", 4, 1, 1,
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17"
            ),
            (
                "password", "NaCl", 10, 8, 16,
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830da"
            ),
            (
                "pleaseletmein", "SodiumChloride", 14, 8, 1,
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9"
            ),
        ] as [(String, String, Int, Int, Int, String)])
    func `gives the examples of RFC 7914`(
        password: String, salt: String, cost: Int, size: Int, parallel: Int, hash: String
    ) throws {
        let parameters = try #require(
            PasswordHash.Parameters(logarithmOfCost: cost, blockSize: size, parallelization: parallel))
        let derived = PasswordHash.scrypt(Array(password.utf8), salt: Array(salt.utf8), parameters, size: 48)
        #expect(derived == bytes(hash))
    }

    @Test func `is of its password alone, however it was kept`() throws {
        for password in [password, [], Array(repeating: 0, count: 5_000)] {
            let hash = PasswordHash(of: password, small)
            let kept = try #require(PasswordHash(hash.text))
            #expect(kept == hash)
            #expect(kept.isOf(password))
            #expect(!kept.isOf(password + [1]))
            #expect(!kept.isOf(Array(password.dropLast()) + [1]))
        }
    }

    @Test func `has a salt of its own each time`() {
        #expect(PasswordHash(of: password, small) != PasswordHash(of: password, small))
    }

    @Test func `of today's cost is what new ones have; an older one tells`() {
        let hash = PasswordHash(of: password)
        #expect(hash.text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(hash.isOf(password))
        #expect(!hash.isOutdated)
        #expect(PasswordHash(of: password, small).isOutdated)
    }

    @Test func `is not read from what was not written so`() {
        let text = PasswordHash(of: password, small).text
        let parts = text.split(separator: "$").map(String.init)
        for (index, other) in [
            (0, "argon2id"), (1, "ln=4,r=8"), (1, "ln=4,r=8,p=01"), (1, "ln=+4,r=8,p=1"), (1, "ln=21,r=8,p=1"),
            (1, "ln=20,r=32,p=1"), (1, "r=8,ln=4,p=1"), (1, "ln=4,r=8,p=-1"), (1, "ln=99999999999999999999,r=8,p=1"),
            (2, "AAAA"), (2, "="), (3, "AAAA"), (3, parts[3] + "A"),
        ] {
            var changed = parts
            changed[index] = other
            #expect(PasswordHash("$" + changed.joined(separator: "$")) == nil, "\(other)")
        }
        for text in ["", "$", text + "$", String(text.dropFirst()), "x" + text] { #expect(PasswordHash(text) == nil) }
    }
}
