internal import COpenSSL

/// A public key for ES256, prepared. It lives where it was made: a context is not for two threads.
public final class VerifyingKey {
    /// The point's coordinates, 32 bytes each, big-endian.
    public let x: [UInt8]
    public let y: [UInt8]
    private let context: OpaquePointer

    /// Demands that the point lies on the curve.
    public convenience init(x: [UInt8], y: [UInt8]) throws(MalformedKey) {
        guard x.count == P256.size, y.count == P256.size else {
            throw MalformedKey("a coordinate of P-256 has 32 bytes")
        }
        guard let key = Self.read(P256.publicKeyPrefix + x + y) else {
            throw MalformedKey("the point is not on the curve P-256")
        }
        self.init(of: key)
    }

    init(of key: borrowing P256Key) {
        (x, y) = key.point
        context = key.context()
        Libcrypto.demand(EVP_PKEY_verify_init(context), "a key that cannot verify")
        Libcrypto.demand(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), "ES256")
    }

    deinit { EVP_PKEY_CTX_free(context) }

    /// Whether `signature` (r and s, 32 bytes each) is this key's on the message.
    public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        message.withUnsafeBytes { isValid(signature, of: $0) }
    }

    func isValid(_ signature: [UInt8], of message: UnsafeRawBufferPointer) -> Bool {
        guard let der = ECDSASignature.der(raw: signature) else { return false }
        let digest = SHA256.digest(message)
        return Libcrypto.accepts(EVP_PKEY_verify(context, der, der.count, digest, digest.count))
    }

    private static func read(_ der: [UInt8]) -> P256Key? {
        der.span.withUnsafeBufferPointer { buffer in
            var end = buffer.baseAddress
            guard let key = P256Key(owning: d2i_PUBKEY(nil, &end, der.count)) else { return nil }
            return key.checked(EVP_PKEY_public_check)
        }
    }
}
