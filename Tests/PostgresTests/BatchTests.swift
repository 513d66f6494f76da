import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct `Statements that share a sync` {
    private let insert = Statement("insert into u values ($1, $2)")

    /// One shared connection, and a table with a constraint that is checked at once and one at the commit.
    private func withPostgres(_ body: @Sendable (isolated Core, Postgres) async throws -> Void) async throws {
        try await TestDatabase.run { core, database in
            let other = try await Connection.open(Connection.Settings(database.url), on: core)
            try await other.script(
                """
                create table u (n int8 constraint one unique, m int8 constraint late unique deferrable initially deferred);
                insert into u values (1, 1)
                """)
            other.close()
            var settings = Postgres.Settings(database.url)
            settings.sharedConnections = 1
            let postgres = Postgres(settings, on: core)
            try await body(core, postgres)
            await postgres.close(within: .seconds(5))
        }
    }

    @Test func `are one transaction`() async throws {
        let insert = insert
        try await withPostgres { core, postgres in
            let transactions = Statement("select count(distinct xmin::text) from u where n > 1") { try $0.int8() }
            try await concurrently(core, 64) { index in
                let number = Int64(index)
                let inserted = await outcome {
                    try await postgres.query(insert, .int8(number + 2), .int8(0 - number)).count
                }
                #expect(inserted == .success(1))
            }
            // The first waited for the connection, and may have gone alone.
            #expect((8...16).contains(try await postgres.query(transactions)[0]))
        }
    }

    @Test func `fail each for itself: the others happen once`() async throws {
        let insert = insert
        try await withPostgres { core, postgres in
            try await concurrently(core, 200) { index in
                let number = Int64(index + 1000)
                switch index % 5 {
                case 0:
                    let failed = await failure { try await postgres.query(insert, .int8(1), .int8(number)) }
                    #expect(failed?.constraint == "one")
                case 1:
                    let failed = await failure { try await postgres.query(insert, .int8(number), .int8(1)) }
                    #expect(failed?.constraint == "late")
                case 2:
                    // New to the connection each time: its preparation shares its neighbours' fate.
                    let new = Statement("select $1::int8 + \(index)") { try $0.int8() }
                    let sum = await outcome { try await postgres.query(new, .int8(number)) }
                    #expect(sum == .success([number + Int64(index)]))
                case 3:
                    let wrong = Statement("select nothing from nowhere_\(index)") { try $0.int8() }
                    #expect(await failure { try await postgres.query(wrong) }?.sqlstate == "42P01")
                default:
                    let inserted = await outcome {
                        try await postgres.query(insert, .int8(number), .int8(number)).count
                    }
                    #expect(inserted == .success(1))
                }
            }
            #expect(try await postgres.query(.count("u")) == [1 + 40])
        }
    }

    @Test func `happen though their callers are gone, and a neighbour fails`() async throws {
        let insert = insert
        try await withPostgres { core, postgres in
            try await until(core.events) { postgres.isReady }
            let latches = (0..<7).map { index in
                let ended = Latch()
                let task = core.start {
                    _ = await outcome {
                        try await postgres.query(insert, .int8(Int64(index + 2)), .int8(0 - Int64(index)))
                    }
                    ended.open()
                }
                task.cancel()
                return ended
            }
            #expect(await failure { try await postgres.query(insert, .int8(1), .int8(7)) }?.constraint == "one")
            for latch in latches { try await latch.wait() }
            #expect(try await postgres.query(.count("u")) == [1 + 7])
        }
    }
}
