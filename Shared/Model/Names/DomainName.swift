/// A host name (RFC 1123 §2.1), in lower case: `www.example.com`. `all` is none: it stands for every domain (`Domains`).
public struct DomainName: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        // ASCII first: the Kelvin sign becomes a k.
        guard text.utf8.allSatisfy({ $0 < 0x80 }), Self.isHostName(text.lowercased()) else {
            throw Problem(.validation, "must be a host name such as www.example.com")
        }
        self.text = text.lowercased()
        guard self.text != "all" else { throw Problem(.validation, "must not be “all”, which stands for every domain") }
    }

    /// A last label that is a number would be read as an address by browsers.
    private static func isHostName(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, let last = labels.last else { return false }
        return labels.allSatisfy(isLabel) && !last.allSatisfy(isDigit) && !last.starts(with: "0x".utf8)
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { isDigit($0) || $0 == hyphen || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
