import GatehouseCrypto
public import GatehouseHTTP
public import GatehouseJSON
public import GatehouseModel

/// By what a request is found again: in the lines of every service's log, on the topics and in the audit log.
///
/// Made where something is recorded or logged, not for each request.
public struct Trail: Sendable {
    private static let longest = 128

    public let trace: Trace
    /// As the edge names the request.
    public let requestID: String?

    public init(_ request: Request) {
        trace = Trace(following: request.headers("traceparent"), random: Random.uint64)
        requestID = request.header("X-Request-ID").flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
    }

    /// For a line of the log.
    public var details: JSON.Object {
        var details: JSON.Object = ["trace_id": .string(trace.traceID), "span_id": .string(trace.spanID)]
        details["request_id"] = requestID.map { .string($0) }
        return details
    }

    /// The same, after others.
    public func details(_ others: JSON.Object) -> JSON.Object {
        JSON.Object((others.members + details.members).map { ($0.name, $0.value) })
    }
}
