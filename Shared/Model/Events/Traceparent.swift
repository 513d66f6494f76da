/// Which trace an event belongs to (W3C Trace Context §3.2).
public struct Traceparent: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], parts.allSatisfy({ $0.allSatisfy(Self.isDigit) }),
            parts[0].elementsEqual("00".utf8), !parts[1].allSatisfy(Self.isZero), !parts[2].allSatisfy(Self.isZero)
        else { throw Problem(.validation, "must be a traceparent of version 00") }
        self.text = text
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isZero(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "0") }
}
