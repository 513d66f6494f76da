import Foundation
import GatehouseEventLoop
import GatehousePlatform
public import GatehousePostgres

/// How the server would run a statement.
extension TestDatabase {
    /// A migrated database with many applications and users (`Tests/population.sql`).
    public static func large(applications: Int = 20_000, ranges: Int = 5, users: Int = 5_000) async throws
        -> TestDatabase
    {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../population.sql")
        var sql = try String(contentsOf: file, encoding: .utf8)
        for (name, count) in [("applications", applications), ("ranges", ranges), ("users", users)] {
            sql = sql.replacing("{\(name)}", with: "\(count)")
        }
        let database = try await MigratedDatabase.make()
        try await database.script(sql)
        return database
    }

    /// For these values, as a role.
    public func plan(_ sql: String, _ values: [Value], as role: String) async throws -> Plan {
        Plan(lines: try await query(Statement("explain " + sql) { try $0.text() }, values, as: role))
    }

    /// For any values: the plan that a connection may keep.
    public func lastingPlan(_ sql: String, _ values: [Value], as role: String) async throws -> Plan {
        let url = try url(as: role)
        let core = Core()
        defer { core.stop() }
        let nulls = Array(repeating: "null", count: values.count).joined(separator: ", ")
        return try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            try await connection.script("set plan_cache_mode = force_generic_plan")
            try await connection.script("prepare lasting as \(sql)")
            return Plan(
                lines: try await connection.query(Statement("explain execute lasting (\(nulls))") { try $0.text() }))
        }
    }
}

public struct Plan: Sendable, CustomStringConvertible {
    public let lines: [String]
    public var description: String { lines.joined(separator: "\n") }

    /// The tables that are read from end to end.
    public var wholeTables: Set<String> {
        Set(lines.compactMap { $0.firstMatch(of: /Seq Scan on (\w+)/).map { String($0.1) } })
    }

    public func uses(_ index: String) -> Bool { lines.contains { $0.contains(index) } }
}
