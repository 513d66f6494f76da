internal import COpenSSL

/// A private key for ES256 (ECDSA on P-256 with SHA-256), prepared. It lives where it was made: a context is not for two threads.
public final class SigningKey {
    private let key: P256Key
    private let context: OpaquePointer

    private init(_ key: consuming P256Key) {
        context = key.context()
        Libcrypto.demand(EVP_PKEY_sign_init(context), "a key that cannot sign")
        Libcrypto.demand(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), "ES256")
        self.key = key
    }

    deinit { EVP_PKEY_CTX_free(context) }

    /// A new key from the system's generator.
    public convenience init() {
        guard let key = P256Key(owning: p256_generate()) else { fatalError("libcrypto: no P-256") }
        self.init(key)
    }

    /// Reads a PKCS #8 PrivateKeyInfo in DER (RFC 5208), and proves that its parts belong together.
    public convenience init(pkcs8 bytes: [UInt8]) throws(MalformedKey) {
        guard let key = Self.read(bytes) else { throw MalformedKey("no P-256 private key in PKCS #8") }
        self.init(key)
    }

    /// The private key, unencrypted: for a sealed place only.
    public var pkcs8: [UInt8] {
        let information = Libcrypto.demand(EVP_PKEY2PKCS8(key.pointer), "a key that cannot be written")
        defer { PKCS8_PRIV_KEY_INFO_free(information) }
        let size = Int(i2d_PKCS8_PRIV_KEY_INFO(information, nil))
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            var end = buffer.baseAddress
            filled = Int(i2d_PKCS8_PRIV_KEY_INFO(information, &end))
        }
    }

    /// The public half.
    public var verifyingKey: VerifyingKey { VerifyingKey(of: key) }

    /// The signature in the form of JWS: r and s, 32 bytes each (RFC 7518 §3.4).
    public func sign(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { sign($0) }
    }

    func sign(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        let digest = SHA256.digest(message)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ECDSASignature.maximumSize) { der in
            var size = der.count
            Libcrypto.demand(EVP_PKEY_sign(context, der.baseAddress, &size, digest, digest.count), "ES256")
            return ECDSASignature.raw(der: UnsafeBufferPointer(rebasing: der[..<size]))
        }
    }

    private static func read(_ bytes: [UInt8]) -> P256Key? {
        bytes.span.withUnsafeBufferPointer { buffer in
            var end = buffer.baseAddress
            guard let information = Libcrypto.accepts(d2i_PKCS8_PRIV_KEY_INFO(nil, &end, bytes.count)) else {
                return nil
            }
            defer { PKCS8_PRIV_KEY_INFO_free(information) }
            guard end == buffer.baseAddress.map({ $0 + bytes.count }),
                let key = P256Key(owning: EVP_PKCS82PKEY(information))
            else { return nil }
            return key.checked(EVP_PKEY_check)
        }
    }
}
