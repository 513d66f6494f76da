/// A request target as the client sent it, its path read once.
///
/// What two readers could take for two paths is never cleaned but refused: empty segments (a trailing slash is one),
/// `.` and `..`, encoded slashes, backslashes and semicolons in any form, `#`, control bytes, invalid escapes and UTF-8.
public struct RequestTarget: Sendable {
    static let maximumSegments = 16
    static let maximumPath = 8_192

    public let raw: String
    private let pathEnd: Int
    /// The path without its escapes, where there are any; a decoded slash is refused, so each one left separates.
    private let decoded: [UInt8]?
    private var ends = InlineArray<16, UInt16>(repeating: 0)
    private(set) var segments = 0

    /// Nil where the target is refused: it belongs to no route.
    public init?(_ raw: String) {
        self.raw = raw
        let utf8 = raw.utf8
        let bytes = utf8.span
        guard let path = RequestTarget.scan(bytes) else { return nil }
        pathEnd = path.end
        if path.hasEscapes {
            guard let plain = RequestTarget.decode(bytes.extracting(0..<path.end)) else { return nil }
            decoded = plain
            guard divide(plain.span) else { return nil }
        } else {
            decoded = nil
            guard divide(bytes.extracting(0..<path.end)) else { return nil }
        }
    }

    /// The path as it was sent, without the query.
    public var path: Substring { raw[..<raw.utf8.index(raw.startIndex, offsetBy: pathEnd)] }

    /// The query as it was sent; empty where there is none.
    public var query: Substring { raw[raw.utf8.index(raw.startIndex, offsetBy: pathEnd)...].dropFirst() }

    /// A segment of the path, decoded.
    public func segment(_ index: Int) -> String {
        withPath { path in
            var bytes: [UInt8] = []
            for position in range(ofSegment: index) { bytes.append(path[position]) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Calls with the bytes of the path, decoded.
    func withPath<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        if let decoded { return body(decoded.span) }
        let utf8 = raw.utf8
        return body(utf8.span.extracting(0..<pathEnd))
    }

    /// Where a segment stands among those bytes.
    func range(ofSegment index: Int) -> Range<Int> {
        (index == 0 ? 1 : Int(ends[index - 1]) + 1)..<Int(ends[index])
    }
}

extension RequestTarget {
    private static func scan(_ bytes: Span<UInt8>) -> (end: Int, hasEscapes: Bool)? {
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "/") else { return nil }
        var end = bytes.count
        var hasEscapes = false
        for index in bytes.indices {
            switch bytes[index] {
            case 0..<0x21, 0x7F...0xFF, UInt8(ascii: "#"):
                return nil
            case _ where index > end:
                break
            case UInt8(ascii: "?"):
                end = index
            case UInt8(ascii: "\\"), UInt8(ascii: ";"):
                return nil
            case UInt8(ascii: "%"):
                hasEscapes = true
            default:
                break
            }
        }
        return end <= maximumPath ? (end, hasEscapes) : nil
    }

    /// Once only: what is still escaped after it is meant to be.
    private static func decode(_ path: Span<UInt8>) -> [UInt8]? {
        var plain: [UInt8] = []
        plain.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            guard path[index] == UInt8(ascii: "%") else {
                plain.append(path[index])
                index += 1
                continue
            }
            guard index + 2 < path.count, let byte = UInt8(escape: path[index + 1], path[index + 2]) else { return nil }
            switch byte {
            case 0..<0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: ";"): return nil
            default: plain.append(byte)
            }
            index += 3
        }
        return String(validating: plain, as: UTF8.self) == nil ? nil : plain
    }

    private mutating func divide(_ path: Span<UInt8>) -> Bool {
        var start = 1
        for index in 1...path.count where index == path.count || path[index] == UInt8(ascii: "/") {
            let dots = RequestTarget.isDots(path.extracting(start..<index))
            guard index > start, !dots, segments < RequestTarget.maximumSegments else { return false }
            ends[segments] = UInt16(index)
            segments += 1
            start = index + 1
        }
        return true
    }

    private static func isDots(_ segment: Span<UInt8>) -> Bool {
        switch segment.count {
        case 1: segment[0] == UInt8(ascii: ".")
        case 2: segment[0] == UInt8(ascii: ".") && segment[1] == UInt8(ascii: ".")
        default: false
        }
    }
}
