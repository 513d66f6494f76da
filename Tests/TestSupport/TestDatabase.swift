import Foundation
public import GatehouseEventLoop
import GatehousePostgres

/// A database of a test's own, on the server that `GATEHOUSE_TEST_POSTGRES_URL` names (a superuser's URL).
public struct TestDatabase: Sendable {
    public let name: String
    /// The superuser's URL of this database.
    public let url: String

    /// Runs `body` on a core of its own with a database of its own, which is dropped afterwards.
    public static func run<Result: Sendable>(
        template: String? = nil, _ body: @Sendable (isolated Core, TestDatabase) async throws -> Result
    ) async throws -> Result {
        let database = try await make(template: template)
        let core = Core()
        defer { core.stop() }
        do {
            let result = try await core.run { core in try await body(core, database) }
            try await database.drop()
            return result
        } catch {
            try? await database.drop()
            throw error
        }
    }

    /// Makes an empty database, or a copy of `template` (a database to which nobody is connected).
    public static func make(template: String? = nil) async throws -> TestDatabase {
        let name = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try await onServer("create database \(name) template \(template ?? "template0")")
        return TestDatabase(name: name, url: try url { $0.path = "/" + name })
    }

    public func drop() async throws { try await Self.onServer("drop database if exists \(name) with (force)") }

    /// The URL for another role; in a migrated database its password is its name.
    public func url(as role: String) throws -> String {
        try Self.url {
            $0.path = "/" + name
            $0.user = role
            $0.password = role
        }
    }

    /// The URL for a proxy of this machine that stands before the server.
    public func url(port: UInt16) throws -> String {
        try Self.url {
            $0.path = "/" + name
            $0.host = "127.0.0.1"
            $0.port = Int(port)
        }
    }

    /// The server's port.
    public static func port() throws -> UInt16 {
        UInt16(URLComponents(string: try serverURL())?.port ?? 5432)
    }

    /// The server's own URL; a test without it fails.
    public static func serverURL() throws -> String { try url { _ in } }

    private static func url(_ change: (inout URLComponents) -> Void) throws -> String {
        guard let url = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_POSTGRES_URL"],
            var components = URLComponents(string: url)
        else { throw Missing() }
        change(&components)
        return components.string ?? url
    }

    /// By the superuser, outside this database.
    public static func onServer(_ sql: String) async throws {
        let url = try serverURL()
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            // To make or drop a database may take a checkpoint of what all tests have written.
            var settings = Connection.Settings(url)
            settings.statementTimeout = .seconds(60)
            let connection = try await Connection.open(settings, on: core)
            defer { connection.close() }
            try await connection.script(sql)
        }
    }

    private struct Missing: Error, CustomStringConvertible {
        let description =
            "GATEHOUSE_TEST_POSTGRES_URL is not set: run the tests by Tests/run, or set it to a superuser's URL of a PostgreSQL 15 or newer."
    }
}
