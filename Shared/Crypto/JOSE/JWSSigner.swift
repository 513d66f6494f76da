internal import GatehouseJSON

extension JWS {
    /// A key with a header already written: only the payload is left to do.
    public struct Signer {
        private enum Key {
            case es256(SigningKey)
            case hs256(HMAC.Key)
        }
        private let key: Key
        private let prefix: [UInt8]  // the header and its dot

        public init(_ key: SigningKey, keyID: String? = nil, type: String? = nil) {
            self.key = .es256(key)
            prefix = Self.prefix(.es256, keyID, type)
        }

        /// Refuses a key shorter than the hash (RFC 7518 §3.2).
        public init(_ key: HMAC.Key, keyID: String? = nil, type: String? = nil) throws(MalformedKey) {
            self.key = .hs256(try key.forJWS())
            prefix = Self.prefix(.hs256, keyID, type)
        }

        /// The compact token.
        public func sign(_ payload: [UInt8]) -> [UInt8] {
            let capacity = prefix.count + Base64URL.encodedSize(payload.count) + 1 + Base64URL.encodedSize(64)
            return [UInt8](unsafeUninitializedCapacity: capacity) { token, filled in
                func append(_ bytes: [UInt8]) {
                    let rest = UnsafeMutableBufferPointer(rebasing: token[filled...])
                    filled += bytes.withUnsafeBufferPointer { Base64URL.write($0, to: rest) }
                }
                filled = token.update(fromContentsOf: prefix)
                append(payload)
                let signature = signature(
                    of: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(token)[..<filled]))
                token[filled] = UInt8(ascii: ".")
                filled += 1
                append(signature)
            }
        }

        private func signature(of message: UnsafeRawBufferPointer) -> [UInt8] {
            switch key {
            case .es256(let key): key.sign(message)
            case .hs256(let key): key.code(of: message)
            }
        }

        private static func prefix(_ algorithm: Algorithm, _ keyID: String?, _ type: String?) -> [UInt8] {
            var header: JSON.Object = ["alg": .string(algorithm.rawValue)]
            header["kid"] = keyID.map { .string($0) }
            header["typ"] = type.map { .string($0) }
            return Base64URL.encode(JSON.object(header).bytes) + [UInt8(ascii: ".")]
        }
    }
}
