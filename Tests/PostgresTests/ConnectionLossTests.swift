import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `When a connection is lost` {
    @Test func `whoever waits for an answer is told so, and the lanes connect anew`() async throws {
        try await TestDatabase.run { core, database in
            let postgres = Postgres(Postgres.Settings(database.url), on: core)
            let killer = try await Connection.open(Connection.Settings(database.url), on: core)
            let backends = Statement("select pg_backend_pid()::int8") { row in try row.int8() }
            var seen: Set<Int64> = []
            for _ in 0..<10 {
                let backend = try #require(try await postgres.query(backends).first)
                seen.insert(backend)
                let sleeping = Latch()
                core.start {
                    let slept = await outcome { try await postgres.query(.sleep, .float8(4)) }
                    #expect(isUnavailable(slept))
                    sleeping.open()
                }
                let asleep = Statement(
                    "select pid::int8 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
                ) { row in try row.int8() }
                var victim = try await killer.query(asleep)
                while victim.isEmpty { victim = try await killer.query(asleep) }
                #expect(try await killer.query(.terminate, .int4(Int32(victim[0]))) == [true])
                try await sleeping.wait()
            }
            #expect(try await postgres.query(.echo, .int8(1)) == [1])
            #expect(postgres.isReady)
            await postgres.close()
            killer.close()
        }
    }

    @Test func `an idle one is noticed, and nobody gets it any more`() async throws {
        try await TestDatabase.run { core, database in
            let postgres = Postgres(Postgres.Settings(database.url), on: core)
            let killer = try await Connection.open(Connection.Settings(database.url), on: core)
            let others = Statement(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """
            ) { row in try row.bool() }
            #expect(try await postgres.change(.echo, .int8(1)) == [1])
            #expect(try await postgres.search(.echo, .int8(1)) == [1])
            try await until(core.events) { postgres.metrics.sharedOpen == 2 }
            for _ in 0..<3 {
                let opened = postgres.metrics.opened
                #expect(try await killer.query(others).count >= 2)
                try await until(core.events) {
                    postgres.metrics.opened >= opened + 2 && postgres.metrics.sharedOpen == 2
                }
                #expect(try await postgres.query(.echo, .int8(2)) == [2])
                #expect(try await postgres.change(.echo, .int8(3)) == [3])
            }
            await postgres.close()
            killer.close()
        }
    }

    @Test func `its transaction has not happened, and its lease goes on to the next`() async throws {
        try await TestDatabase.run { core, database in
            var settings = Postgres.Settings(database.url)
            settings.changeConnections = 1
            let postgres = Postgres(settings, on: core)
            let killer = try await Connection.open(Connection.Settings(database.url), on: core)
            try await killer.script("create table t (n int8)")
            let insert = Statement("insert into t values ($1)")
            let lost = await outcome {
                try await postgres.transaction { connection in
                    try await connection.query(insert, .int8(1))
                    try await killer.query(.terminate, .int4(connection.backend))
                    try await connection.query(insert, .int8(2))
                }
            }
            #expect(isUnavailable(lost))
            let alone = await outcome {
                try await postgres.transaction { connection in
                    try await connection.query(insert, .int8(3))
                    try await killer.query(.terminate, .int4(connection.backend))
                    try await until(core.events) { !connection.isOpen }
                }
            }
            #expect(isUnavailable(alone))
            #expect(try await postgres.change(.count("t")) == [0])
            await postgres.close()
            killer.close()
        }
    }

    /// A proxy passes N bytes of the conversation and cuts, for N over all of it. What was told is true, and nothing happened twice.
    @Test func `at any byte, nobody is told what is not so`() async throws {
        try await TestDatabase.run { core, database in
            let proxy = try TestProxy(to: try TestDatabase.port())
            defer { proxy.stop() }
            let witness = try await Connection.open(Connection.Settings(database.url), on: core)
            try await witness.script("create table told (run int8, n int8)")
            let url = try database.url(port: proxy.port)

            proxy.allow(.max)
            #expect(try await converse(core, url, run: -1).allSatisfy { $0 == true })
            let whole = proxy.passed
            #expect(whole > 1000)
            for run in stride(from: 0, to: whole + 20, by: 7) {
                proxy.allow(run)
                let told = try await converse(core, url, run: Int64(run))
                let count = Statement("select n from told where run = $1 order by n") { row in try row.int8() }
                let written = try await witness.query(count, .int8(Int64(run)))
                #expect(written.count == Set(written).count, "after \(run) bytes: written twice")
                for (n, outcome) in told.enumerated() {
                    if outcome == true {
                        #expect(written.contains(Int64(n)), "after \(run) bytes: \(n) was told, not written")
                    }
                }
                #expect(written.contains(2) == written.contains(3), "after \(run) bytes: half a transaction")
            }
            witness.close()
        }
    }

    /// Two inserts at once, then a transaction of two more: whether each was told to have happened (`nil`: not known).
    private func converse(_ core: isolated Core, _ url: String, run: Int64) async throws -> [Bool?] {
        var settings = Postgres.Settings(url)
        settings.sharedConnections = 1
        settings.changeConnections = 1
        let postgres = Postgres(settings, on: core)
        let insert = Statement("insert into told values ($1, $2)")
        let told = Told()
        try await concurrently(core, 2) { index in
            let inserted = await outcome { try await postgres.query(insert, .int8(run), .int8(Int64(index))).count }
            switch inserted {
            case .success(1): told.outcomes[index] = true
            case .failure(.unavailable): break
            default: Issue.record("\(inserted)")
            }
        }
        let committed = await outcome {
            try await postgres.transaction { connection in
                try await connection.query(insert, .int8(run), .int8(2))
                try await connection.query(insert, .int8(run), .int8(3))
            }
        }
        switch committed {
        case .success: (told.outcomes[2], told.outcomes[3]) = (true, true)
        case .failure(.unavailable): break
        default: Issue.record("\(committed)")
        }
        await postgres.close()
        return told.outcomes
    }
    private final class Told { var outcomes: [Bool?] = [nil, nil, nil, nil] }

    @Test func `a server that says nothing any more is given up`() async throws {
        try await TestDatabase.run { core, database in
            let proxy = try TestProxy(to: try TestDatabase.port())
            defer { proxy.stop() }
            proxy.allow(.max)
            var settings = Connection.Settings(try database.url(port: proxy.port))
            settings.statementTimeout = .milliseconds(100)
            let connection = try await Connection.open(settings, on: core)
            settings.connectTimeout = .milliseconds(200)
            proxy.allow(0, then: .freeze)
            let silent = await outcome { try await connection.query(.echo, .int8(1)) }
            #expect(silent == .failure(.unavailable("the server does not answer")))
            let late = await outcome { try await Connection.open(settings, on: core).isOpen }
            #expect(isUnavailable(late))
        }
    }

    @Test func `a server that stops is waited for, and callers are told at once`() async throws {
        let cluster = try TestCluster()
        defer { cluster.remove() }
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let postgres = Postgres(Postgres.Settings(cluster.url), on: core)
            #expect(try await postgres.query(.echo, .int8(1)) == [1])
            for how in [TestCluster.Stop.fast, .immediate] {
                let waiting = Latch()
                core.start {
                    let slept = await outcome { try await postgres.query(.sleep, .float8(4)) }
                    #expect(isUnavailable(slept))
                    waiting.open()
                }
                try await until(core.events) { postgres.metrics.inFlight == 1 }
                try cluster.stop(how)
                try await waiting.wait()
                try await until(core.events) { !postgres.isReady }
                for _ in 0..<3 {
                    let read = await outcome { try await postgres.query(.echo, .int8(1)) }
                    #expect(isUnavailable(read))
                    let changed = await outcome { try await postgres.change(.echo, .int8(1)) }
                    #expect(isUnavailable(changed))
                }
                try cluster.start()
                try await until(core.events) { postgres.isReady }
                #expect(try await postgres.query(.echo, .int8(1)) == [1])
                try await untilAvailable(core.events) { try await postgres.change(.echo, .int8(1)) }
            }
            await postgres.close()
        }
    }

    @Test func `a server that is not there is an answer, not a wait`() async throws {
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let closed = try TestProxy(to: 1)
            closed.stop()
            for conninfo in [
                "postgresql://postgres@127.0.0.1:\(closed.port)/postgres", "host=no-such-host.invalid", "host=/nowhere",
                "nonsense", "postgresql://nobody-\(closed.port)@127.0.0.1:\(try TestDatabase.port())/no_such_database",
            ] {
                let opened = await outcome { try await Connection.open(Connection.Settings(conninfo), on: core).isOpen }
                #expect(isUnavailable(opened), "\(conninfo): \(opened)")
                let postgres = Postgres(Postgres.Settings(conninfo), on: core)
                for _ in 0..<3 {
                    #expect(isUnavailable(await outcome { try await postgres.query(.echo, .int8(1)) }))
                    #expect(isUnavailable(await outcome { try await postgres.change(.echo, .int8(1)) }))
                }
                #expect(!postgres.isReady)
                await postgres.close()
            }
            // The next host is tried, names are looked up, and a socket will do.
            let cluster = try TestCluster()
            defer { cluster.remove() }
            let port = cluster.port
            for conninfo in [
                "host=127.0.0.1,localhost port=\(closed.port),\(port) user=postgres dbname=postgres",
                "host=no-such-host.invalid,localhost port=\(closed.port),\(port) user=postgres dbname=postgres",
                "postgresql:///postgres?host=\(cluster.directory)&port=\(port)&user=postgres",
            ] {
                let connection = try await Connection.open(Connection.Settings(conninfo), on: core)
                #expect(try await connection.query(.echo, .int8(1)) == [1])
                connection.close()
            }
        }
    }
}
