import Foundation
import FoundationNetworking
public import GatehouseJSON

/// A plain HTTP client for whole requests and answers.
public struct TestClient: Sendable {
    private let origin: String
    private let session: URLSession

    public init(port: UInt16) {
        origin = "http://127.0.0.1:\(port)"
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 128
        configuration.httpCookieStorage = nil
        session = URLSession(configuration: configuration)
    }

    /// `path` is sent as it stands. A body is JSON unless `headers` says otherwise.
    public func send(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        guard let url = URL(string: origin + path) else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let body {
            request.httpBody = Data(body)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        return TestAnswer(status: response.statusCode, body: Array(data)) { response.value(forHTTPHeaderField: $0) }
    }
}

public struct TestAnswer: Sendable {
    public let status: Int
    public let body: [UInt8]
    private let headers: @Sendable (String) -> String?

    init(status: Int, body: [UInt8], headers: @escaping @Sendable (String) -> String?) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    public subscript(header name: String) -> String? { headers(name) }
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    public func json() throws -> JSON { try JSON(parsing: body) }
}
