internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
public enum HMAC {
    public static let size = 32

    /// The code of one message under a key used once; who uses a key again prepares it.
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        Key(key).code(of: message)
    }

    /// A key with its padding already digested. It lives where it was made: a context is not for two threads.
    public final class Key {
        /// The key's length in bytes, which a standard may have a word on.
        public let count: Int
        private let context: OpaquePointer

        public init(_ bytes: [UInt8]) {
            count = bytes.count
            let algorithm = Libcrypto.demand(EVP_MAC_fetch(nil, OSSL_MAC_NAME_HMAC, nil), "no HMAC")
            defer { EVP_MAC_free(algorithm) }
            context = Libcrypto.demand(EVP_MAC_CTX_new(algorithm), "no HMAC context")
            // An empty key still needs an address: none means "the key you have".
            let key = bytes.isEmpty ? [0] : bytes
            Libcrypto.demand(hmac_sha256_prepare(context, key, bytes.count), "no HMAC-SHA-256")
        }

        deinit { EVP_MAC_CTX_free(context) }

        public func code(of message: [UInt8]) -> [UInt8] {
            message.withUnsafeBytes { code(of: $0) }
        }

        public func isValid(_ code: [UInt8], of message: [UInt8]) -> Bool {
            equalInConstantTime(code, self.code(of: message))
        }

        func code(of message: UnsafeRawBufferPointer) -> [UInt8] {
            Libcrypto.demand(EVP_MAC_init(context, nil, 0, nil), "HMAC")
            Libcrypto.demand(
                EVP_MAC_update(context, message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count), "HMAC"
            )
            return [UInt8](unsafeUninitializedCapacity: HMAC.size) { buffer, filled in
                Libcrypto.demand(EVP_MAC_final(context, buffer.baseAddress, &filled, HMAC.size), "HMAC")
            }
        }
    }
}
