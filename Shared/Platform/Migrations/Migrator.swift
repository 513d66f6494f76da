import GatehouseCrypto
public import GatehousePostgres

/// Brings a schema to what this program expects: each step once, in order, in a transaction of its own, one migrator at a time.
public struct Migrator: Sendable {
    public enum Failure: Error, CustomStringConvertible {
        /// A step that has been applied reads differently now.
        case changed(String)

        public var description: String {
            switch self {
            case .changed(let name): "migration \(name) was changed after it had been applied"
            }
        }
    }

    /// How often a step is tried that does not get its locks; between two tries go those who waited behind it.
    private static let tries = 60

    private let schema: String
    private let migrations: [Migration]
    private let lock: Statement<Void>
    private let applied: Statement<(name: String, checksum: [UInt8])>

    public init(schema: String, _ migrations: [Migration]) {
        self.schema = schema
        self.migrations = migrations
        lock = Statement("select pg_advisory_lock(hashtextextended('gatehouse migrate \(schema)', 0))")
        applied = Statement("select name, checksum from \(schema).migration order by name") { row in
            try (row.text(), row.bytea())
        }
    }

    /// As the schema's owner, on a connection of its own. Returns the names of the steps that were applied now.
    public func run(_ connection: Connection) async throws -> [String] {
        _ = try await connection.query(lock)
        try await connection.script(
            """
            create table if not exists \(schema).migration (
                name text primary key, checksum bytea not null, applied_at timestamptz not null default now());
            grant select on \(schema).migration to \(schema)
            """)
        let known = Dictionary(uniqueKeysWithValues: try await connection.query(applied).map { ($0.name, $0.checksum) })
        var done: [String] = []
        for migration in migrations {
            let checksum = SHA256.digest(migration.sql)
            if let before = known[migration.name] {
                guard before == checksum else { throw Failure.changed(migration.name) }
                continue
            }
            let sql = String(decoding: migration.sql, as: UTF8.self)
            let step = "\(schema).migration (name, checksum) values ('\(migration.name)', '\\x\(checksum.hexadecimal)')"
            try await apply("\(sql)\n;insert into \(step)", connection)
            done.append(migration.name)
        }
        return done
    }

    /// Never waits long for a lock: everybody else would wait behind it.
    private func apply(_ step: String, _ connection: Connection) async throws {
        for attempt in 1... {
            do {
                return try await connection.script("begin;\nset local lock_timeout = '2s';\n\(step);\ncommit;")
            } catch {
                guard error == .timeout(.lock), attempt < Self.tries else { throw error }
                try await connection.script("rollback")
            }
        }
    }

    /// The names of the steps that this program needs and the database lacks.
    public func missing(_ postgres: Postgres) async throws(PostgresError) -> [String] {
        let known = Set(try await postgres.query(applied).map(\.name))
        return migrations.map(\.name).filter { !known.contains($0) }
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String { map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}
