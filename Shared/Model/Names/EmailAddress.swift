/// An e-mail address (RFC 5321 §4.1.2, without quotes and literals), its domain in lower case; unique by its `key`.
public struct EmailAddress: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, Self.isLocal(parts[0].utf8),
            let domain = try? DomainName(String(parts[1]))
        else { throw Problem(.validation, "must be an e-mail address") }
        self.text = "\(parts[0])@\(domain)"
    }

    /// The same for all spellings of an address that differ in case alone.
    public var key: String { text.lowercased() }

    private static func isLocal(_ local: Substring.UTF8View) -> Bool {
        let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return local.count <= 64 && atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
