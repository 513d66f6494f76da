import GatehouseCrypto

/// PKCE by S256, the only method there is here (RFC 7636 §4.2).
package struct CodeChallenge: Sendable, Hashable {
    /// 32 of them.
    let bytes: [UInt8]

    /// The parameter `code_challenge`; nil unless it is a SHA-256 digest in base64url.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == SHA256.size else { return nil }
        self.bytes = bytes
    }

    /// Of a verifier; nil unless it has 43 to 128 characters of the alphabet (RFC 7636 §4.1).
    package init?(verifier: String) {
        let verifier = Array(verifier.utf8)
        guard (43...128).contains(verifier.count), verifier.allSatisfy(Self.isUnreserved) else { return nil }
        bytes = SHA256.digest(verifier)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
