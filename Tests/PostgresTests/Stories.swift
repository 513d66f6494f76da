import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

/// Runs `body` on a core of its own with a connection to the server's own database: for what leaves nothing behind.
func withStory(_ body: @Sendable (isolated Core, Connection) async throws -> Void) async throws {
    let core = Core()
    defer { core.stop() }
    let url = try TestDatabase.serverURL()
    try await core.run { core in
        let connection = try await Connection.open(Connection.Settings(url), on: core)
        defer { connection.close() }
        try await body(core, connection)
    }
}

/// Runs `count` bodies at once, as tasks of the core.
func concurrently(_ core: Core, _ count: Int, _ body: @escaping (Int) async -> Void) async throws {
    let latches = (0..<count).map { index in
        let latch = Latch()
        core.start {
            await body(index)
            latch.open()
        }
        return latch
    }
    for latch in latches { try await latch.wait() }
}

/// What a statement came to, as a value to compare.
func outcome<Success>(_ body: () async throws -> Success) async -> Result<Success, PostgresError> {
    do {
        return .success(try await body())
    } catch let error as PostgresError {
        return .failure(error)
    } catch {
        Issue.record("not an error of the database: \(error)")
        return .failure(.cancelled)
    }
}

/// What `body` throws. (`#expect(throws:)` would take it off its core.)
func thrown<Success>(_ body: () async throws -> Success) async -> (any Error)? {
    do { _ = try await body() } catch { return error }
    return nil
}

func failure<Success>(_ body: () async throws -> Success) async -> PostgresError? {
    await thrown(body) as? PostgresError
}

extension PostgresError {
    var sqlstate: String? { if case .server(let sqlstate, _, _) = self { sqlstate } else { nil } }
    var constraint: String? { if case .server(_, let constraint, _) = self { constraint } else { nil } }
}

func isUnavailable<Success>(_ result: Result<Success, PostgresError>) -> Bool {
    if case .failure(.unavailable) = result { true } else { false }
}

extension Statement where Row == Int64 {
    static var echo: Statement { Statement("select $1::int8") { row in try row.int8() } }
    static var fail: Statement { Statement("select 1 / $1::int8") { row in try row.int8() } }
    static var sleep: Statement { Statement("select 1::int8 from pg_sleep($1::float8)") { row in try row.int8() } }
    static func count(_ table: String) -> Statement {
        Statement("select count(*) from \(table)") { row in try row.int8() }
    }
}

extension Statement where Row == Bool {
    static var terminate: Statement { Statement("select pg_terminate_backend($1)") { row in try row.bool() } }
}

/// Waits, turn by turn, until `condition` holds.
func until(_ events: Events, _ condition: () -> Bool) async throws {
    while !condition() { try await events.sleep(for: .milliseconds(1)) }
}

/// Asks again until the database is back.
func untilAvailable<Success>(_ events: Events, _ body: () async throws -> Success) async throws {
    while isUnavailable(await outcome(body)) { try await events.sleep(for: .milliseconds(5)) }
}
