import GatehouseCrypto

/// What a browser holds of a session: 256 random bits. Here only their digest is kept, and nobody can make the one from the other.
public struct SessionID: Sendable {
    /// Of its cookie.
    public static let cookie = "gatehouse-session"
    private static let size = 32

    public let text: String
    public let digest: [UInt8]

    /// A new one.
    public init() {
        let bytes = Random.bytes(Self.size)
        text = Base64URL.text(bytes)
        digest = SHA256.digest(bytes)
    }

    /// Nil for what is none.
    public init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == Self.size else { return nil }
        self.text = text
        digest = SHA256.digest(bytes)
    }
}
