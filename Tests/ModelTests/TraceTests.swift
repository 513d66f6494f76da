import GatehouseModel
import Testing

/// W3C Trace Context, level 1, §3.2 and §4.3.
@Suite struct TraceTests {
    private static let id = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    private func trace(_ lines: String...) -> Trace { Trace(following: lines) { 0xABCD } }

    @Test(arguments: [
        ("00-\(id)-\(span)-01", "01"), ("00-\(id)-\(span)-00", "00"), ("00-\(id)-\(span)-02", "00"),
        ("00-\(id)-\(span)-ff", "01"), ("01-\(id)-\(span)-03", "01"),
        ("cc-\(id)-\(span)-01-what.the.future-holds", "01"),
        ("cc-\(id)-\(span)-01-", "01"),
    ])
    func `goes on where the caller names it`(line: String, flags: String) {
        #expect(trace(line).traceparent.text == "00-\(Self.id)-000000000000abcd-\(flags)")
        #expect(trace(line).traceID == Self.id)
        #expect(trace(line).spanID == "000000000000abcd")
    }

    @Test(arguments: [
        "", "00", " 00-\(id)-\(span)-01", "00-\(id)-\(span)-01 ", "00-\(id)-\(span)-01-", "00-\(id)-\(span)-01-x",
        "00-\(id)-\(span)-01x", "ff-\(id)-\(span)-01", "ff-\(id)-\(span)-01-x", "0-\(id)-\(span)-01",
        "00-\(id.uppercased())-\(span)-01", "00-\(id)-\(span.uppercased())-01", "CC-\(id)-\(span)-01",
        "00-00000000000000000000000000000000-\(span)-01", "00-\(id)-0000000000000000-01", "00-\(id)0-\(span)-01",
        "00-\(id.dropLast())-\(span)-01", "00-\(id)-\(span)0-01", "00-\(id)-\(span)-1", "00-\(id)-\(span)-0g",
        "00_\(id)_\(span)_01", "00-\(id)-\(span)", "cc-\(id)-\(span)-01.x", "00-\(id.dropLast())é-\(span)-01",
        "00-\(id)-\(span)-01,00-\(id)-\(span)-01", "cc-\(id)-\(span)-01-" + String(repeating: "x", count: 1_000_000),
    ])
    func `begins anew where the caller names none`(line: String) throws {
        #expect(trace(line).traceparent.text == "00-000000000000abcd000000000000abcd-000000000000abcd-00")
    }

    @Test func `two names are none`() {
        let line = "00-\(Self.id)-\(Self.span)-01"
        #expect(trace(line, line).traceID != Self.id)
        #expect(trace().traceID == "000000000000abcd000000000000abcd")
    }

    @Test func `is never all zero, and is what events take`() throws {
        let trace = Trace(following: []) { 0 }
        #expect(try Traceparent(trace.traceparent.text) == trace.traceparent)
    }
}
