import GatehouseCrypto

/// The SHA-256 of a token's bytes: what a verified token is known by, without keeping it.
struct TokenDigest: Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ token: UnsafeBufferPointer<UInt8>) {
        let digest = SHA256.digest(UnsafeRawBufferPointer(token))
        words = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    static func == (one: Self, other: Self) -> Bool { one.words == other.words }

    /// One word is as random as all of them.
    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
