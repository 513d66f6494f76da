import Foundation
import GatehouseEventLoop
import GatehousePlatform
import GatehousePostgres

/// The database of all four services, migrated: made once in a test process, cloned by each test.
public actor MigratedDatabase {
    private static let shared = MigratedDatabase()
    private var template: Task<String, any Error>?

    /// A clone of its own for a test, with the roles, schemas and migrations of all services.
    /// Its heads begin lives of their own: all tests share the topics, and no service may take another's records for its own.
    public static func make() async throws -> TestDatabase {
        let database = try await TestDatabase.make(template: shared.name())
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(database.url), on: core)
            defer { connection.close() }
            for schema in ["registry", "policy", "token"] {
                try await connection.script("update \(schema).head set incarnation = gen_random_uuid()")
            }
        }
        return database
    }

    private func name() async throws -> String {
        let making = template ?? Task { try await Self.migrate() }
        template = making
        return try await making.value
    }

    private static func migrate() async throws -> String {
        let database = try await TestDatabase.make()
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let superuser = try await Connection.open(Connection.Settings(database.url), on: core)
            try await superuser.script(
                String(contentsOf: root.appending(path: "deploy/postgres/roles.sql"), encoding: .utf8))
            for role in services.flatMap({ [$0, "\($0)_owner"] }) {
                try await superuser.script("alter role \(role) password '\(role)'")
            }
            superuser.close()
            for schema in services {
                let owner = try await Connection.open(
                    Connection.Settings(database.url(as: "\(schema)_owner")), on: core)
                _ = try await Migrator(schema: schema, migrations(of: schema)).run(owner)
                owner.close()
            }
        }
        return database.name
    }

    private static func migrations(of schema: String) throws -> [Migration] {
        let folder = root.appending(path: "Services/\(schema.capitalized)/Migrations")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }.sorted { $0.path < $1.path }
            .map { Migration($0.deletingPathExtension().lastPathComponent, Array(try Data(contentsOf: $0))) }
    }

    private static let services = ["registry", "token", "policy", "audit"]
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
