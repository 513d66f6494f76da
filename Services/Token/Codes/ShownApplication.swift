import GatehouseCrypto

/// What people are shown of an application when it asks for their consent.
enum ShownApplication {
    /// Of all that must be as it was for a consent to be remembered.
    static func digest(_ name: String, _ website: String?, _ redirectURI: String) -> [UInt8] {
        // None of them holds a NUL.
        SHA256.digest(Array([name, website ?? "", redirectURI].joined(separator: "\0").utf8))
    }
}
