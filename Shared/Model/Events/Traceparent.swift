/// Which trace an event belongs to, and as which span (W3C Trace Context §3.2), as we write it: of version 00.
public struct Traceparent: TextValue {
    private static let length = 55
    /// Longer is nobody's, of whatever version.
    private static let limit = 512

    public let text: String

    public init(_ text: String) throws(Problem) {
        // Other flags than ours are their writer's to know.
        guard text.hasPrefix("00"), Self(header: text) != nil else {
            throw Problem(.validation, "must be a traceparent of version 00")
        }
        self.text = text
    }

    /// What a caller's header says. A later version is read by the parts that it must share with ours (§4.3); of the flags, the one
    /// that we know is kept. Nil for what the standard calls invalid.
    public init?(header text: String) {
        let bytes = text.utf8.prefix(Self.length)
        guard (Self.length...Self.limit).contains(text.utf8.count) else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], parts.allSatisfy({ $0.allSatisfy(Self.isDigit) }),
            !parts[1].allSatisfy(Self.isZero), !parts[2].allSatisfy(Self.isZero), !parts[0].elementsEqual("ff".utf8)
        else { return nil }
        if text.utf8.count > Self.length {
            let isOurs = parts[0].elementsEqual("00".utf8)
            guard !isOurs, text.utf8.dropFirst(Self.length).first == UInt8(ascii: "-") else { return nil }
        }
        let isSampled = parts[3].last.flatMap { UInt8(String(UnicodeScalar($0)), radix: 16) }.map { $0 & 1 == 1 }
        let ids = "\(Substring(parts[1]))-\(Substring(parts[2]))"
        self.init(version0: "00-\(ids)-\(isSampled == true ? "01" : "00")")
    }

    init(version0 text: String) { self.text = text }

    public var traceID: Substring { Substring(text.utf8.dropFirst(3).prefix(32)) }
    public var spanID: Substring { Substring(text.utf8.dropFirst(36).prefix(16)) }
    /// Whether the caller may have recorded the trace.
    var isSampled: Bool { text.hasSuffix("1") }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isZero(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "0") }
}
