internal import COpenSSL

/// A public RSA key for RS256 and PS256 (RFC 7518 §3.3, §3.5). It lives where it was made.
public final class RSAVerifyingKey {
    /// How a signature is padded, both with SHA-256.
    package enum Padding: Sendable {
        case pkcs1
        /// With a salt as long as the hash, and MGF1 with the same hash.
        case pss
    }

    /// In bits. RFC 7518 §3.3 demands the lower; the upper bounds what one verification may cost.
    static let modulusSizes = 2_048...8_192

    private let key: OpaquePointer

    /// Big-endian, without leading zeros. Refuses what is too short, too long or no modulus, and a costly or useless exponent.
    public init(modulus: [UInt8], exponent: [UInt8]) throws(MalformedKey) {
        guard let top = modulus.first, top != 0, let low = exponent.first, low != 0 else {
            throw MalformedKey("n or e is empty or begins with a zero (RFC 7518 §6.3.1)")
        }
        let size = modulus.count * 8 - top.leadingZeroBitCount
        guard Self.modulusSizes.contains(size) else {
            throw MalformedKey("an RSA key has 2,048 to 8,192 bits, not \(size)")
        }
        guard exponent.count <= 4, exponent[exponent.count - 1] & 1 == 1, exponent != [1] else {
            throw MalformedKey("the exponent e is not an odd number from 3 to 4,294,967,295")
        }
        guard !Self.isFactorable(modulus) else {
            throw MalformedKey("the key was made by a broken generator (ROCA, CVE-2017-15361)")
        }
        guard let key = Libcrypto.accepts(rsa_public(modulus, modulus.count, exponent, exponent.count)) else {
            throw MalformedKey("n and e are no RSA key")
        }
        self.key = key
        let context = Libcrypto.demand(EVP_PKEY_CTX_new_from_pkey(nil, key, nil), "no key context")
        defer { EVP_PKEY_CTX_free(context) }
        guard Libcrypto.accepts(EVP_PKEY_public_check(context)) else {
            throw MalformedKey("n is no RSA modulus")
        }
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether the modulus is, for each of these primes, a power of 65,537: so are those of a generator whose keys can be factored
    /// (Nemec et al., "The Return of Coppersmith's Attack", §3), and one in 2²⁷ others.
    private static func isFactorable(_ modulus: [UInt8]) -> Bool {
        [
            3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
            109, 113, 127,
            131, 137, 139, 149, 151, 157, 163, 167,
        ].allSatisfy { prime in
            let residue = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
            var power = 1
            repeat {
                if power == residue { return true }
                power = power * 65_537 % prime
            } while power != 1
            return false
        }
    }

    package func isValid(_ signature: [UInt8], of message: [UInt8], _ padding: Padding) -> Bool {
        // RFC 8017 §8.1.2, §8.2.2: a signature is exactly as long as the modulus.
        guard signature.count == Int(EVP_PKEY_get_size(key)) else { return false }
        let context = Libcrypto.demand(EVP_PKEY_CTX_new_from_pkey(nil, key, nil), "no key context")
        defer { EVP_PKEY_CTX_free(context) }
        Libcrypto.demand(EVP_PKEY_verify_init(context), "a key that cannot verify")
        switch padding {
        case .pkcs1: Libcrypto.demand(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), "RS256")
        case .pss:
            Libcrypto.demand(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), "PS256")
            Libcrypto.demand(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(SHA256.size)), "PS256")
        }
        Libcrypto.demand(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), "SHA-256")
        let digest = SHA256.digest(message)
        return Libcrypto.accepts(EVP_PKEY_verify(context, signature, signature.count, digest, digest.count))
    }
}
