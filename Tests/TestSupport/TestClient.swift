import GatehouseEventLoop
public import GatehouseJSON

/// A plain HTTP client for whole requests and answers, one connection each.
///
/// On a socket of ours: Foundation's client on Linux never returns from a 401 with a Basic challenge.
public struct TestClient: Sendable {
    private let port: UInt16

    public init(port: UInt16) { self.port = port }

    /// `path` is sent as it stands. A body is JSON unless `headers` says otherwise.
    public func send(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var all = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        if let body {
            all["Content-Type"] = "application/json"
            all["Content-Length"] = "\(body.count)"
        }
        all.merge(headers) { _, given in given }
        let lines = all.map { "\($0): \($1)\r\n" }.joined()
        let request = Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8) + (body ?? [])
        let core = Core()
        defer { core.stop() }
        let port = port
        return try await core.run { core in
            let client = try RawClient(port, core.events)
            defer { client.close() }
            try await client.send(request)
            let answer = try await client.receive(ofHead: method == "HEAD")
            return TestAnswer(status: answer.status, body: Array(answer.body.utf8), headers: answer.headers)
        }
    }
}

public struct TestAnswer: Sendable {
    public let status: Int
    public let body: [UInt8]
    private let headers: [(name: String, value: String)]

    init(status: Int, body: [UInt8], headers: [(name: String, value: String)]) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
    /// Of all lines of a header, in their order.
    public func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    public func json() throws -> JSON { try JSON(parsing: body) }
}
