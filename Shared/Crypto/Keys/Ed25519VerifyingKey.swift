internal import COpenSSL

/// A public key for EdDSA on edwards25519 (RFC 8032, RFC 8037 §3.1). It lives where it was made.
public final class Ed25519VerifyingKey {
    static let size = 32
    private static let signatureSize = 64

    private let key: OpaquePointer

    public init(_ bytes: [UInt8]) throws(MalformedKey) {
        guard bytes.count == Self.size,
            let key = Libcrypto.accepts(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count))
        else { throw MalformedKey("a public key of Ed25519 has 32 bytes") }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    package func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureSize else { return false }
        let context = Libcrypto.demand(EVP_MD_CTX_new(), "no digest context")
        defer { EVP_MD_CTX_free(context) }
        Libcrypto.demand(EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil), "EdDSA")
        return Libcrypto.accepts(EVP_DigestVerify(context, signature, signature.count, message, message.count))
    }
}
