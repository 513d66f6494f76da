/// An application's secret: `ghs_`, 32 random bytes in base64url, and a checksum, so that scanners find leaks and few errors.
///
/// Printing it prints the hint alone; `text` is the secret itself, to be shown once and stored never (F27).
public struct ClientSecret: Hashable, Sendable {
    private static let prefix = "ghs_"
    private static let base64URL = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let base62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    public let text: String

    /// A new one; nil unless there are exactly 32 bytes.
    public init?(random bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        let body = Self.prefix + Self.encoded(bytes)
        text = body + Self.checksum(of: body)
    }

    /// Nil for what was never a secret of ours: no store need be asked.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let body = String(decoding: bytes.prefix(47), as: UTF8.self)
        guard bytes.count == 53, body.hasPrefix(Self.prefix), bytes[4..<47].allSatisfy(Self.base64URL.contains),
            bytes[47...].elementsEqual(Self.checksum(of: body).utf8)
        else { return nil }
        self.text = text
    }

    /// What may be shown and stored for ever: the last four characters.
    public var hint: String { "…" + text.suffix(4) }

    private static func encoded(_ bytes: [UInt8]) -> String {
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
        return String(decoding: digits, as: UTF8.self)
    }

    private static func checksum(of body: String) -> String {
        var rest = CRC32.checksum(body.utf8)
        var digits: [UInt8] = []
        for _ in 0..<6 {
            digits.append(base62[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}

extension ClientSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { hint }
    public var debugDescription: String { hint }
    public var customMirror: Mirror { Mirror(self, children: [("hint", hint)]) }
}
