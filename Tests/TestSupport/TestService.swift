import Foundation
import GatehouseCrypto
public import GatehouseJSON
import GatehouseModel
public import GatehousePlatform

/// A service as `serve` starts it, in this process, on free ports, with a database of its own and the test's broker.
public struct TestService: Sendable {
    /// What the tests' assertions are signed with.
    public static let assertionKey = [UInt8](repeating: 7, count: 32)
    /// What answers are sealed with that are kept for whoever asks again.
    public static let answerKeys = "k1:" + Base64URL.text([UInt8](repeating: 8, count: 32))

    public let database: TestDatabase
    public let client: TestClient
    public let internalClient: TestClient
    public let internalPort: UInt16
    private let running: Running

    public var port: UInt16 { running.port }

    /// `settings` are configuration values without the prefix; they win over the harness's own.
    public static func start<Settings>(
        _ program: Program<Settings>, as name: String, on database: TestDatabase, _ settings: [String: String] = [:]
    ) async throws -> TestService {
        var values = [
            "ORIGIN": "http://127.0.0.1:8080", "LISTEN": "127.0.0.1:0", "INTERNAL_LISTEN": "127.0.0.1:0",
            "POSTGRES_URL": try database.url(as: name), "POSTGRES_OWNER_URL": try database.url(as: "\(name)_owner"),
            "KAFKA_BOOTSTRAP_SERVERS": try broker(), "ASSERTION_KEY": Base64URL.text(assertionKey),
            "ANSWER_KEYS": answerKeys,
            "LOG_LEVEL": ProcessInfo.processInfo.environment["GATEHOUSE_TEST_LOG"] ?? "error",
        ]
        values.merge(settings) { _, given in given }
        try await TestTopics.make(on: try broker())
        let running = try await program.start(Configuration(values: values))
        let service = TestService(
            database: database, client: TestClient(port: running.port),
            internalClient: TestClient(port: running.internalPort), internalPort: running.internalPort,
            running: running)
        try await eventually("the service is ready") {
            let answer = try await service.internalClient.send("GET", "/health/ready")
            if answer.status != 200 { throw NotReady(description: answer.text) }
            return true
        }
        return service
    }

    public func stop() async { await running.stop() }

    /// What `/metrics` shows now.
    public func metrics() async throws -> Exposition {
        try Exposition(parsing: try await internalClient.send("GET", "/metrics").text)
    }

    /// What each listener answers.
    package var routes: [(method: String, template: String)] { running.routes }
    package var internalRoutes: [(method: String, template: String)] { running.internalRoutes }

    /// The broker that `GATEHOUSE_TEST_KAFKA` names.
    public static func broker() throws -> String {
        guard let servers = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_KAFKA"] else { throw Missing() }
        return servers
    }

    private struct NotReady: Error, CustomStringConvertible { let description: String }

    private struct Missing: Error, CustomStringConvertible {
        let description =
            "GATEHOUSE_TEST_KAFKA is not set: run the tests by Tests/run, or set it to a broker's host and port."
    }
}

extension TestService {
    /// Calls a management route as `caller`, with an assertion like policy's.
    public func call(
        _ method: String, _ path: String, as caller: Caller, _ body: JSON? = nil, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        let bare = path.split(separator: "?", maxSplits: 1)[0]
        let assertion = try Assertion(secret: Self.assertionKey).sign(
            caller, method: method, path: String(bare), at: .now())
        let signed = [Assertion.header: String(decoding: assertion, as: UTF8.self)]
        return try await client.send(method, path, body?.bytes, headers: signed.merging(headers) { _, given in given })
    }
}
