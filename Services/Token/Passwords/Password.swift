@_spi(_Unicode) import Swift

/// A password as it was typed, in one of the ways to write its characters: the same on every keyboard.
struct Password: Sendable {
    static let fewest = 12
    static let mostBytes = 1024

    /// In UTF-8.
    let bytes: [UInt8]

    /// What somebody signs in with: nil for what no password can be.
    init?(_ text: String) {
        let bytes = Array(String(String.UnicodeScalarView(text._nfc)).utf8)
        guard (1...Self.mostBytes).contains(bytes.count), !bytes.contains(0) else { return nil }
        self.bytes = bytes
    }

    /// Why a text may be no new password, continuing a sentence that began with the field; nil where it may.
    static func complaint(about text: String) -> String? {
        if text.utf8.contains(0) { return "must not contain U+0000" }
        if text.unicodeScalars.count < fewest { return "must have at least \(fewest) characters" }
        if text.utf8.count > mostBytes { return "must have at most \(mostBytes) bytes" }
        return Password(text) == nil ? "must have at most \(mostBytes) bytes" : nil
    }
}
