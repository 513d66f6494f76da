import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A pipelined connection` {
    private let divisionByZero = PostgresError.server(
        sqlstate: "22012", constraint: nil, message: "division by zero")

    @Test func `answers each of its callers, whatever happens to their neighbours`() async throws {
        let divisionByZero = divisionByZero
        try await withStory { (core, connection) async throws in
            try await concurrently(core, 300) { index in
                let number = Int64(index)
                if index % 3 == 0 {
                    let failed = await failure {
                        try await connection.query(.fail, .int8(0))
                    }
                    #expect(failed == divisionByZero)
                } else {
                    let echoed = await outcome {
                        try await connection.query(.echo, .int8(number))
                    }
                    #expect(echoed == .success([number]))
                }
            }
        }
    }

    @Test func `keeps the order in which it was asked`() async throws {
        try await withStory { (core, connection) async throws in
            try await connection.script("create temporary table seen (position bigserial, number int8)")
            let insert = Statement("insert into seen (number) values ($1)")
            try await concurrently(core, 200) { index in
                let inserted = await outcome {
                    try await connection.query(insert, .int8(Int64(index))).count
                }
                #expect(inserted == .success(1))
            }
            let seen = Statement("select number from seen order by position") { row in try row.int8() }
            #expect(try await connection.query(seen) == (0..<200).map(Int64.init))
        }
    }

    @Test func `carries big values in both directions at once`() async throws {
        try await withStory { (core, connection) async throws in
            let echo = Statement("select $1::bytea") { row in try row.bytea() }
            // More than the sockets hold, and the server says nothing until it has all.
            let huge = [UInt8](repeating: 7, count: 32 << 20)
            #expect(await outcome { try await connection.query(echo, .bytea(huge)) == [huge] } == .success(true))
            try await concurrently(core, 24) { index in
                let blob = [UInt8](repeating: UInt8(index), count: 1 << 20)
                let echoed = await outcome {
                    try await connection.query(echo, .bytea(blob))
                }
                #expect(echoed == .success([blob]))
            }
        }
    }

    @Test func `names the violated constraint, also of one that is checked at the end`() async throws {
        try await withStory { (core, connection) async throws in
            try await connection.script(
                """
                create temporary table t (n int8 constraint one unique, m int8 constraint late unique deferrable initially deferred);
                insert into t values (1, 1)
                """)
            let insert = Statement("insert into t values ($1, $2)")
            try await concurrently(core, 60) { index in
                let (n, m, constraint): (Int64, Int64, String?) =
                    switch index % 3 {
                    case 0: (1, Int64(index + 2), "one")
                    case 1: (Int64(index + 2), 1, "late")
                    default: (Int64(index + 2), Int64(index + 2), nil)
                    }
                let inserted = await outcome {
                    try await connection.query(insert, .int8(n), .int8(m)).count
                }
                switch inserted {
                case .success(let count): #expect(count == 1 && constraint == nil)
                case .failure(.server("23505", let violated, _)): #expect(violated == constraint)
                case .failure(let error): Issue.record("\(error)")
                }
            }
            #expect(try await connection.query(.count("t")) == [21])
        }
    }

    @Test func `tells how many rows a command has touched`() async throws {
        try await withStory { (_, connection) async throws in
            try await connection.script("create temporary table t (n int8)")
            let insert = Statement("insert into t select generate_series(1, $1)")
            #expect(try await connection.query(insert, .int8(7)).count == 7)
            #expect(try await connection.query(Statement("delete from t where n > $1"), .int8(4)).count == 3)
            #expect(try await connection.query(Statement("delete from t where n > $1"), .int8(4)).count == 0)
            #expect(try await connection.query(Statement("select n from t")).count == 4)
            #expect(try await connection.query(Statement("truncate t")).isEmpty)
        }
    }

    @Test func `prepares anew when a plan or a preparation is gone, for all who are in flight`() async throws {
        try await withStory { (core, connection) async throws in
            try await connection.script("create temporary table t (n int8); insert into t values (1)")
            let read = Statement("select n from t") { row in
                row.skip()
                return true
            }
            #expect(try await connection.query(read) == [true])
            for change in [
                "alter table t alter n type text", "alter table t alter n type int8 using n::int8", "deallocate all",
            ] {
                try await connection.script(change)
                try await concurrently(core, 20) { _ in
                    let found = await outcome { try await connection.query(read) }
                    #expect(found == .success([true]))
                }
            }
        }
    }

    @Test func `prepares anew after a transaction that met a stale plan`() async throws {
        try await withStory { (_, connection) async throws in
            try await connection.script("create temporary table t (n int8); insert into t values (1)")
            let read = Statement("select n from t") { row in
                row.skip()
                return true
            }
            #expect(try await connection.query(read) == [true])
            try await connection.script("alter table t alter n type text")
            let stale = await failure { try await connection.transaction { try await connection.query(read) } }
            #expect(stale?.sqlstate == "0A000")
            #expect(try await connection.transaction { try await connection.query(read) } == [true])
        }
    }

    @Test func `tells each caller of a wrong statement what is wrong, and goes on`() async throws {
        try await withStory { (core, connection) async throws in
            let wrong = Statement("select nothing from nowhere where n = $1") { row in try row.int8() }
            try await concurrently(core, 20) { _ in
                let failed = await failure { try await connection.query(wrong, .int8(1)) }
                #expect(failed?.sqlstate == "42P01")
            }
            try await connection.script(
                "create temporary table nowhere (nothing int8, n int8); insert into nowhere values (7, 1)")
            #expect(try await connection.query(wrong, .int8(1)) == [7])
        }
    }

    @Test func `swallows notices`() async throws {
        try await withStory { (_, connection) async throws in
            let notice = Statement("do $$ begin raise notice 'psst'; raise warning 'psst'; end $$")
            _ = try await connection.query(notice)
            #expect(try await connection.query(.echo, .int8(1)) == [1])
        }
    }

    @Test func `gives up a lock and a long statement by the server's clock`() async throws {
        try await TestDatabase.run { core, database in
            var settings = Connection.Settings(database.url)
            settings.lockTimeout = .milliseconds(100)
            settings.statementTimeout = .milliseconds(400)
            let connection = try await Connection.open(settings, on: core)
            let holder = try await Connection.open(Connection.Settings(database.url), on: core)
            try await holder.script("create table t (n int8)")
            try await holder.transaction {
                try await holder.query(Statement("lock table t"))
                let locked = await outcome { try await connection.query(.count("t")) }
                #expect(locked == .failure(.timeout(.lock)))
                let late = await outcome {
                    try await connection.query(.sleep, .float8(30))
                }
                #expect(late == .failure(.timeout(.statement)))
            }
            #expect(try await connection.query(.count("t")) == [0])
            connection.close()
            holder.close()
        }
    }

    @Test func `runs a script all or nothing, and alone`() async throws {
        try await withStory { (core, connection) async throws in
            try await connection.script(
                "create temporary table t (n int8); insert into t values (1), (2); select n from t")
            let unknown = await failure {
                try await connection.script("insert into t values (3); insert into nowhere values (4)")
            }
            #expect(unknown?.sqlstate == "42P01")
            #expect(try await connection.query(.count("t")) == [2])
            try await concurrently(core, 2) { index in
                if index == 0 {
                    let slept = await outcome {
                        try await connection.query(.sleep, .float8(0.05))
                    }
                    #expect(slept == .success([1]))
                } else {
                    let refused = await outcome { try await connection.script("select 1") }
                    #expect(isUnavailable(refused))
                }
            }
            try await connection.script("")
            #expect(try await connection.query(.echo, .int8(1)) == [1])
        }
    }

    @Test func `does not speak COPY, and says so`() async throws {
        try await withStory { (_, connection) async throws in
            let copied = await outcome {
                try await connection.script("copy (select 1) to stdout")
            }
            #expect(isUnavailable(copied))
            #expect(!connection.isOpen)
        }
        try await withStory { (_, connection) async throws in
            let copied = await outcome {
                try await connection.query(Statement("copy (select 1) to stdout")).count
            }
            #expect(isUnavailable(copied))
            #expect(!connection.isOpen)
        }
    }

    @Test func `discards what a cancelled caller does not want, and goes on`() async throws {
        try await withStory { (core, connection) async throws in
            let ended = Latch()
            let task = core.start {
                let slept = await outcome {
                    try await connection.query(.sleep, .float8(0.2))
                }
                #expect(slept == .failure(.cancelled))
                ended.open()
            }
            task.cancel()
            try await ended.wait()
            #expect(connection.inFlight == 1)
            #expect(try await connection.query(.echo, .int8(5)) == [5])
            #expect(connection.inFlight == 0)
        }
    }

    @Test func `a cursor is drained page by page, to its end or to its failure`() async throws {
        try await withStory { _, connection in
            let fetch = Statement("fetch 1000 from numbers") { try $0.int4() }
            func drain(_ numbers: String) async throws -> [[Int32]] {
                var pages: [[Int32]] = []
                do {
                    try await connection.transaction {
                        try await connection.query(Statement("declare numbers no scroll cursor for \(numbers)"))
                        try await connection.drain(fetch) { pages.append($0) }
                    }
                } catch let error as PostgresError { #expect(error.sqlstate == "22012") }
                return pages
            }
            let all = try await drain("select n from generate_series(1, 2500) n")
            #expect(all.map(\.count) == [1000, 1000, 500])
            #expect(all.flatMap(\.self) == Array(1...2500))
            #expect(try await drain("select n from generate_series(1, 0) n") == [])
            #expect(
                try await drain("select n / (1500 - n) * 0 + n from generate_series(1, 2500) n") == [Array(1...1000)])
            #expect(try await connection.query(Statement("select 7") { try $0.int4() }) == [7])
        }
    }
}
