import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A transaction` {
    private static let insert = Statement("insert into t values ($1)")
    private struct Refused: Error {}

    private func withTable(_ body: @Sendable (isolated Core, Connection) async throws -> Void) async throws {
        try await withStory { (core, connection) async throws in
            try await connection.script(
                "create temporary table t (n int8 constraint late unique deferrable initially deferred)")
            try await body(core, connection)
        }
    }

    @Test func `is committed when its body returns`() async throws {
        try await withTable { (_, connection) async throws in
            let counted = try await connection.transaction {
                try await connection.query(Self.insert, .int8(1))
                try await connection.query(Self.insert, .int8(2))
                return try await connection.query(.count("t"))
            }
            #expect(counted == [2])
            #expect(try await connection.query(.count("t")) == [2])
        }
    }

    @Test func `is rolled back when its body throws`() async throws {
        try await withTable { (_, connection) async throws in
            let refused = await thrown {
                try await connection.transaction {
                    try await connection.query(Self.insert, .int8(1))
                    throw Refused()
                }
            }
            #expect(refused is Refused)
            let failed = await failure {
                try await connection.transaction {
                    try await connection.query(Self.insert, .int8(1))
                    try await connection.query(.fail, .int8(0))
                }
            }
            #expect(failed?.sqlstate == "22012")
            #expect(try await connection.query(.count("t")) == [0])
        }
    }

    @Test func `sends nothing when its body asks for nothing`() async throws {
        try await withTable { (_, connection) async throws in
            try await connection.transaction {}
            #expect(await thrown { try await connection.transaction { throw Refused() } } is Refused)
            try await connection.query(Self.insert, .int8(1))
            #expect(try await connection.query(.count("t")) == [1])
        }
    }

    @Test func `does not claim to be committed when a failure was ignored`() async throws {
        try await withTable { (_, connection) async throws in
            let error = await failure {
                try await connection.transaction {
                    try await connection.query(Self.insert, .int8(1))
                    _ = try? await connection.query(.fail, .int8(0))
                }
            }
            #expect(error?.sqlstate == "25P02")
            #expect(try await connection.query(.count("t")) == [0])
        }
    }

    @Test func `fails at its commit when a deferred constraint does`() async throws {
        try await withTable { (_, connection) async throws in
            let error = await failure {
                try await connection.transaction {
                    try await connection.query(Self.insert, .int8(1))
                    try await connection.query(Self.insert, .int8(1))
                }
            }
            #expect(error?.sqlstate == "23505")
            #expect(error?.constraint == "late")
            #expect(try await connection.query(.count("t")) == [0])
        }
    }

    @Test func `has the isolation that it asks for, and may be read only`() async throws {
        try await withTable { (_, connection) async throws in
            let level = Statement("select current_setting('transaction_isolation')") { row in try row.text() }
            for isolation in [Isolation.readCommitted, .repeatableRead, .serializable] {
                let found = try await connection.transaction(isolation) { try await connection.query(level) }
                #expect(found == [isolation.rawValue])
            }
            let error = await failure {
                try await connection.transaction(readOnly: true) {
                    try await connection.query(Statement("create table never (n int8)"))
                }
            }
            #expect(error?.sqlstate == "25006")
        }
    }

    @Test func `is rolled back when its task is cancelled`() async throws {
        try await withTable { (core, connection) async throws in
            let (ended, inserted) = (Latch(), Latch())
            let task = core.start {
                do {
                    try await connection.transaction {
                        try await connection.query(Self.insert, .int8(1))
                        inserted.open()
                        try await connection.query(.sleep, .float8(0.1))
                    }
                    Issue.record("committed")
                } catch {
                    #expect(error as? PostgresError == .cancelled)
                }
                ended.open()
            }
            try await inserted.wait()
            task.cancel()
            try await ended.wait()
            #expect(try await connection.query(.count("t")) == [0])
        }
    }
}
