extension JWS {
    /// A key with the one algorithm it is for.
    public struct Verifier {
        private enum Key {
            case es256(VerifyingKey)
            case hs256(HMAC.Key)
        }
        private let key: Key

        public init(_ key: VerifyingKey) { self.key = .es256(key) }

        /// Refuses a key shorter than the hash (RFC 7518 §3.2).
        public init(_ key: HMAC.Key) throws(MalformedKey) { self.key = .hs256(try key.forJWS()) }

        public var algorithm: Algorithm {
            switch key {
            case .es256: .es256
            case .hs256: .hs256
            }
        }

        func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            switch key {
            case .es256(let key): key.isValid(signature, of: message)
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
