internal import COpenSSL

/// Authenticated encryption under one key (AES-256-GCM, NIST SP 800-38D).
///
/// What is sealed reads: nonce (12 bytes), ciphertext, tag (16). Nonces are random, so one key may seal 2³² times.
public struct AES256GCM: ~Copyable {
    /// The sealed bytes, or what they belong to, are not what they were, or the key is another.
    public struct NotAuthentic: Error, Hashable, Sendable {}

    private static let nonceSize = 12
    private static let tagSize = 16
    private let context: OpaquePointer

    public init(key: [UInt8]) throws(MalformedKey) {
        guard key.count == 32 else { throw MalformedKey("an AES-256 key has 32 bytes, not \(key.count)") }
        context = Libcrypto.demand(EVP_CIPHER_CTX_new(), "no cipher context")
        Libcrypto.demand(EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), key, nil, nil), "no AES-256-GCM")
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// `additional` is not kept: it says where the sealed bytes belong, and must be the same at `open`.
    public func seal(_ plaintext: [UInt8], additional: [UInt8] = []) -> [UInt8] {
        seal(plaintext, additional: additional, nonce: Random.bytes(Self.nonceSize))
    }

    /// For known answers: a nonce used twice under a key gives the key away.
    package func seal(_ plaintext: [UInt8], additional: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceSize)
        Libcrypto.demand(EVP_EncryptInit_ex2(context, nil, nil, nonce, nil), "AES-256-GCM")
        Libcrypto.demand(authenticate(additional), "AES-256-GCM")
        let size = nonce.count + plaintext.count + Self.tagSize
        return [UInt8](unsafeUninitializedCapacity: size) { sealed, filled in
            _ = sealed.update(fromContentsOf: nonce)
            let ciphertext = sealed.baseAddress.map { $0 + nonce.count }
            var written: Int32 = 0
            if !plaintext.isEmpty {
                let status = EVP_EncryptUpdate(context, ciphertext, &written, plaintext, Int32(plaintext.count))
                Libcrypto.demand(status, "AES-256-GCM")
            }
            let tag = ciphertext.map { $0 + plaintext.count }
            Libcrypto.demand(EVP_EncryptFinal_ex(context, tag, &written), "AES-256-GCM")
            Libcrypto.demand(
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), tag), "AES-256-GCM")
            filled = size
        }
    }

    public func open(_ sealed: [UInt8], additional: [UInt8] = []) throws(NotAuthentic) -> [UInt8] {
        guard sealed.count >= Self.nonceSize + Self.tagSize else { throw NotAuthentic() }
        let nonce = Array(sealed[..<Self.nonceSize])
        let ciphertext = Array(sealed[Self.nonceSize..<(sealed.count - Self.tagSize)])
        var tag = Array(sealed[(sealed.count - Self.tagSize)...])
        Libcrypto.demand(EVP_DecryptInit_ex2(context, nil, nil, nonce, nil), "AES-256-GCM")
        Libcrypto.demand(authenticate(additional), "AES-256-GCM")
        var authentic = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: ciphertext.count + Self.tagSize) { buffer, filled in
            var written: Int32 = 0
            if !ciphertext.isEmpty {
                let status = EVP_DecryptUpdate(
                    context, buffer.baseAddress, &written, ciphertext, Int32(ciphertext.count))
                Libcrypto.demand(status, "AES-256-GCM")
            }
            Libcrypto.demand(
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag), "AES-256-GCM")
            authentic = Libcrypto.accepts(
                EVP_DecryptFinal_ex(context, buffer.baseAddress.map { $0 + ciphertext.count }, &written))
            filled = ciphertext.count
        }
        guard authentic else { throw NotAuthentic() }
        return plaintext
    }

    private func authenticate(_ additional: [UInt8]) -> Int32 {
        if additional.isEmpty { return 1 }
        var written: Int32 = 0
        return EVP_CipherUpdate(context, nil, &written, additional, Int32(additional.count))
    }
}
