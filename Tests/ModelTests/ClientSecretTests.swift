import Foundation
import GatehouseModel
import TestSupport
import Testing

@Suite struct ClientSecretTests {
    @Test func `a secret of zeros, made by other hands`() throws {
        let secret = try #require(ClientSecret(random: [UInt8](repeating: 0, count: 32)))
        // Python: zlib.crc32 of the first 47 characters, in base 62.
        #expect(secret.text == "ghs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00uS5b")
        #expect(secret.hint == "…uS5b")
    }

    @Test func `the bytes are base64url, as Foundation writes it`() throws {
        var random = SeededRandom(seed: 10)
        for _ in 0..<1_000 {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
            let secret = try #require(ClientSecret(random: bytes))
            let base64 = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            #expect(secret.text.utf8.count == 53)
            #expect(secret.text.dropFirst(4).prefix(43) == base64.prefix(43))
            #expect(ClientSecret(secret.text) == secret)
        }
    }

    @Test func `any other text is none: one character changed, lost or added`() throws {
        var random = SeededRandom(seed: 11)
        let secret = try #require(ClientSecret(random: (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }))
        for index in secret.text.indices {
            var changed = secret.text
            changed.replaceSubrange(index...index, with: secret.text[index] == "x" ? "y" : "x")
            #expect(ClientSecret(changed) == nil)
            var shorter = secret.text
            shorter.remove(at: index)
            #expect(ClientSecret(shorter) == nil)
        }
        #expect(ClientSecret(secret.text + "x") == nil)
        #expect(ClientSecret("") == nil)
        #expect(ClientSecret(String(repeating: "é", count: 26) + "x") == nil)
        #expect(ClientSecret(random: [1, 2, 3]) == nil)
    }

    @Test func `no print shows it`() throws {
        let secret = try #require(ClientSecret(random: [UInt8](repeating: 7, count: 32)))
        var dumped = ""
        dump(secret, to: &dumped)
        for print in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!print.contains("BwcHBwc"))
            #expect(print.contains(secret.hint))
        }
    }
}
