/// An application's secret: `ghs_`, 32 random bytes in base64url, and a checksum, so that scanners find leaks and few errors.
///
/// Printing it prints the hint alone; `text` is the secret itself, to be shown once and stored never (F27).
public struct ClientSecret: Hashable, Sendable {
    private static let prefix = Array("ghs_".utf8)
    private static let base64URL = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let base62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    public let text: String

    /// A new one; nil unless there are exactly 32 bytes.
    public init?(random bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        let body = Self.prefix + Self.encoded(bytes)
        text = String(decoding: body + Self.checksum(of: body.span), as: UTF8.self)
    }

    /// Nil for what was never a secret of ours: no store need be asked.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 53, bytes[..<4] == Self.prefix[...], bytes[4..<47].allSatisfy(Self.isBase64URL),
            bytes[47...] == Self.checksum(of: bytes.span.extracting(..<47))[...]
        else { return nil }
        self.text = text
    }

    /// What may be shown and stored for ever: the last four characters.
    public var hint: String { "…" + text.suffix(4) }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                digits.append(base64URL[Int(bits >> count & 63)])
            }
        }
        if count > 0 { digits.append(base64URL[Int(bits << (6 - count) & 63)]) }
        return digits
    }

    private static func checksum(of body: Span<UInt8>) -> [UInt8] {
        var rest = CRC32.checksum(body)
        var digits = [UInt8](repeating: 0, count: 6)
        for place in digits.indices.reversed() {
            digits[place] = base62[Int(rest % 62)]
            rest /= 62
        }
        return digits
    }
}

extension ClientSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { hint }
    public var debugDescription: String { hint }
    public var customMirror: Mirror { Mirror(self, children: [("hint", hint)]) }
}
