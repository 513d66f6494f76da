/// What one request is in the trace of its caller (W3C Trace Context, level 1), or of its own where that names none.
public struct Trace: Hashable, Sendable {
    /// The trace, with what happens here as its newest span.
    public let traceparent: Traceparent

    /// `lines`: the values of the caller's header. Given twice, or as anything but what the standard says, it is no header.
    /// `random` makes the span, and the trace where there is none.
    public init(following lines: [String], random: () -> UInt64) {
        let caller = lines.count == 1 ? Traceparent(header: lines[0]) : nil
        let trace = caller.map { String($0.traceID) } ?? Self.digits(random) + Self.digits(random)
        let flags = caller?.isSampled == true ? "01" : "00"
        traceparent = Traceparent(version0: "00-\(trace)-\(Self.digits(random))-\(flags)")
    }

    public var traceID: String { String(traceparent.traceID) }
    public var spanID: String { String(traceparent.spanID) }

    /// 16 of them; never all zero, which is no id.
    private static func digits(_ random: () -> UInt64) -> String {
        let text = String(max(random(), 1), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
