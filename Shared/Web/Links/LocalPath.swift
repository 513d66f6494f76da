/// A path of our own origin, with its query if there is one: the only thing a page ever sends a browser to because somebody asked for it.
///
/// Strict: what one browser could read as another host's address, or as another path than the next one, is none.
public struct LocalPath: Sendable, Hashable {
    public static let longest = 4096

    public let text: String

    /// Of this code's own.
    public init(_ literal: StaticString) {
        let text = "\(literal)"
        precondition(Self.isLocal(text), "\(text) is no path of our own")
        self.text = text
    }

    /// Nil for whatever is no path of ours: absolute, `//host`, with a backslash, with a segment that is empty, a dot or dots, with an
    /// escaped slash, with a fragment, or with bytes that no target has.
    public init?(parsing text: String) {
        guard Self.isLocal(text) else { return nil }
        self.text = text
    }

    /// The same path with a parameter more.
    public func with(_ name: StaticString, _ value: String) -> LocalPath {
        LocalPath(known: "\(text)\(text.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")\(name)=\(Self.escaped(value))")
    }

    private init(known text: String) { self.text = text }

    private static func isLocal(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= longest, bytes.first == UInt8(ascii: "/") else { return false }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        return bytes[end...].allSatisfy(isQuery) && isWholeEscaped(bytes) && isPath(bytes[1..<end])
    }

    private static func isPath(_ path: ArraySlice<UInt8>) -> Bool {
        guard path.allSatisfy({ isQuery($0) && $0 != UInt8(ascii: ";") }) else { return false }
        let lowered = String(decoding: path, as: UTF8.self).lowercased()
        for escape in ["%2f", "%5c", "%2e", "%3b", "%00", "%25"] where lowered.contains(escape) { return false }
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.count == 1, segments[0].isEmpty { return true }
        return segments.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }

    /// RFC 3986 §3.4, without brackets.
    private static func isQuery(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~!$&'()*+,;=:@/?%".utf8.contains(byte)
        }
    }

    private static func isWholeEscaped(_ bytes: [UInt8]) -> Bool {
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            guard index + 2 < bytes.count, isDigit(bytes[index + 1]), isDigit(bytes[index + 2]) else { return false }
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        case UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(UnicodeScalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
