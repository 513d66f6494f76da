extension JWS {
    /// A key with the algorithms it is for.
    public struct Verifier {
        private enum Key {
            case es256(VerifyingKey)
            case rsa(RSAVerifyingKey)
            case ed25519(Ed25519VerifyingKey)
            case hs256(HMAC.Key)
        }
        private let key: Key
        /// One; RS256 and PS256 for an RSA key that does not say which.
        public let algorithms: [Algorithm]

        public init(_ key: VerifyingKey) {
            self.key = .es256(key)
            algorithms = [.es256]
        }

        /// `algorithms`: of RS256 and PS256.
        public init(_ key: RSAVerifyingKey, _ algorithms: [Algorithm]) {
            self.key = .rsa(key)
            self.algorithms = algorithms
        }

        public init(_ key: Ed25519VerifyingKey) {
            self.key = .ed25519(key)
            algorithms = [.edDSA]
        }

        /// Refuses a key shorter than the hash (RFC 7518 §3.2).
        public init(_ key: HMAC.Key) throws(MalformedKey) {
            self.key = .hs256(try key.forJWS())
            algorithms = [.hs256]
        }

        /// `algorithm` is one of `algorithms`.
        func isValid(_ signature: [UInt8], of message: [UInt8], _ algorithm: Algorithm) -> Bool {
            switch key {
            case .es256(let key): key.isValid(signature, of: message)
            case .rsa(let key): key.isValid(signature, of: message, algorithm == .ps256 ? .pss : .pkcs1)
            case .ed25519(let key): key.isValid(signature, of: message)
            case .hs256(let key): key.isValid(signature, of: message)
            }
        }
    }
}

extension HMAC.Key {
    func forJWS() throws(MalformedKey) -> HMAC.Key {
        guard count >= HMAC.size else { throw MalformedKey("a key for HS256 has at least 32 bytes, not \(count)") }
        return self
    }
}
