/// `Location` (RFC 9110 §10.2.2): where what was just made is.
public enum Location {
    /// `name` becomes the last segment, escaped (RFC 3986 §2.1).
    public static func header(_ collection: String, _ name: String) -> (String, String) {
        ("Location", collection + "/" + name.utf8.map(escaped).joined())
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            String(UnicodeScalar(byte))
        default:
            (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }
    }
}
