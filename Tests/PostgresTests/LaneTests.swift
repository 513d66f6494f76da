import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct `The lanes` {
    private static let insert = Statement("insert into t values ($1)")
    private static let waitingForLock = Statement(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    ) { row in try row.int8() }

    /// A story with `t (n int8)`, whose settings it may change.
    private func withPostgres(
        _ change: @Sendable (inout Postgres.Settings) -> Void = { _ in },
        _ body: @Sendable (isolated Core, Postgres, Connection) async throws -> Void
    ) async throws {
        try await TestDatabase.run { core, database in
            let other = try await Connection.open(Connection.Settings(database.url), on: core)
            try await other.script("create table t (n int8)")
            var settings = Postgres.Settings(database.url)
            change(&settings)
            let postgres = Postgres(settings, on: core)
            try await body(core, postgres, other)
            await postgres.close(within: .seconds(5))
            other.close()
        }
    }

    @Test func `a change that waits for a lock stops no reader`() async throws {
        try await withPostgres { core, postgres, other in
            let changed = Latch()
            try await other.transaction {
                try await other.query(Statement("lock table t in share mode"))
                core.start {
                    let inserted = await outcome { try await postgres.change(Self.insert, .int8(1)).count }
                    #expect(inserted == .success(1))
                    changed.open()
                }
                while try await postgres.query(Self.waitingForLock) == [0] {}
                for _ in 0..<100 { #expect(try await postgres.query(.count("t")) == [0]) }
            }
            try await changed.wait()
            #expect(try await postgres.query(.count("t")) == [1])
        }
    }

    @Test func `a change gives up its lock after its time`() async throws {
        try await withPostgres({ $0.leased.lockTimeout = .milliseconds(50) }) { core, postgres, other in
            try await other.transaction {
                try await other.query(Statement("lock table t in share mode"))
                let changed = await outcome { try await postgres.change(Self.insert, .int8(1)).count }
                #expect(changed == .failure(.timeout(.lock)))
            }
            #expect(try await postgres.change(Self.insert, .int8(1)).count == 1)
        }
    }

    @Test func `the shared lane takes what it has room for, and refuses the rest`() async throws {
        try await withPostgres({
            $0.sharedConnections = 1
            $0.inFlight = 2
            $0.queue = 3
        }) { core, postgres, _ in
            try await until(core.events) { postgres.isReady }
            let tally = Tally()
            try await concurrently(core, 8) { _ in
                tally.note(await outcome { try await postgres.query(.sleep, .float8(0.05)) })
            }
            #expect(tally.successes == 5 && tally.unavailable == 3 && tally.others.isEmpty)
            #expect(postgres.metrics.queued == 0 && postgres.metrics.inFlight == 0)
        }
    }

    @Test func `who waits too long in the shared lane's queue is sent away`() async throws {
        try await withPostgres({
            $0.sharedConnections = 1
            $0.inFlight = 1
            $0.patience = .milliseconds(100)
        }) { core, postgres, _ in
            try await until(core.events) { postgres.isReady }
            let tally = Tally()
            try await concurrently(core, 4) { _ in
                tally.note(await outcome { try await postgres.query(.sleep, .float8(0.5)) })
            }
            #expect(tally.successes == 1 && tally.unavailable == 3 && tally.others.isEmpty)
        }
    }

    @Test func `a read that is worth nothing later is given up in time, and its connection goes on`() async throws {
        try await withPostgres({ $0.sharedConnections = 1 }) { core, postgres, _ in
            try await until(core.events) { postgres.isReady }
            let late = await outcome {
                try await postgres.query(.sleep, [.float8(0.5)], within: .milliseconds(50))
            }
            #expect(isUnavailable(late))
            #expect(postgres.metrics.inFlight == 1)
            #expect(try await postgres.query(.echo, [.int8(7)], within: .seconds(60)) == [7])
            #expect(postgres.metrics.inFlight == 0 && postgres.metrics.opened == 1)
        }
    }

    @Test func `leases are limited: others wait in order, for a time, in a number`() async throws {
        try await withPostgres({
            $0.changeConnections = 2
            $0.queue = 3
        }) { core, postgres, _ in
            let tally = Tally()
            try await concurrently(core, 8) { index in
                tally.note(
                    await outcome {
                        try await postgres.lease { connection in
                            tally.order.append(index)
                            #expect(postgres.metrics.leased <= 2)
                            return try await connection.query(.sleep, .float8(0.05))
                        }
                    })
            }
            #expect(tally.successes == 5 && tally.unavailable == 3 && tally.others.isEmpty)
            #expect(tally.order.sorted() == [0, 1, 2, 3, 4])
            #expect(Array(tally.order.suffix(3)) == [2, 3, 4])
            try await until(core.events) { postgres.metrics.leased == 0 }
            #expect(postgres.metrics.leasesQueued == 0)
        }
        try await withPostgres({
            $0.changeConnections = 1
            $0.patience = .milliseconds(50)
        }) { core, postgres, _ in
            try await postgres.lease { _ async throws in
                let refused = await outcome { try await postgres.change(.echo, .int8(1)) }
                #expect(isUnavailable(refused))
                #expect(try await postgres.search(.echo, .int8(1)) == [1])
            }
            #expect(try await postgres.change(.echo, .int8(1)) == [1])
        }
    }

    @Test func `a lease leaves nothing behind`() async throws {
        try await withPostgres({ $0.changeConnections = 1 }) { core, postgres, other in
            let lock = Statement("select pg_advisory_lock(7)")
            let free = Statement("select pg_try_advisory_lock(7)") { row in try row.bool() }
            for _ in 0..<3 {
                try await postgres.lease { connection in
                    try await connection.query(lock)
                    try await connection.script("set work_mem = '1MB'; create temporary table mine (n int8)")
                    #expect(try await other.query(free) == [false])
                }
                let left = Statement("select count(*) from pg_class where relname = 'mine'") { row in try row.int8() }
                #expect(try await postgres.change(left) == [0])
                #expect(try await other.query(free) == [true])
                try await other.query(Statement("select pg_advisory_unlock_all()"))
            }
            #expect(postgres.metrics.opened <= 3)
            // An open transaction is no state to hand on.
            try await postgres.lease { connection in try await connection.query(Statement("begin")) }
            try await postgres.change(Statement("begin"))
            #expect(try await postgres.change(Self.insert, .int8(1)).count == 1)
            #expect(try await other.query(.count("t")) == [1])
        }
    }

    @Test func `cancelled callers leave at once, and harm nobody`() async throws {
        try await withPostgres({
            $0.sharedConnections = 1
            $0.inFlight = 1
            $0.changeConnections = 1
        }) { core, postgres, _ in
            try await until(core.events) { postgres.isReady }
            for _ in 0..<5 {
                let tally = Tally()
                // One in flight and two queued in each lane, all cancelled.
                let tasks = (0..<6).map { index in
                    core.start {
                        tally.note(
                            await outcome {
                                index % 2 == 0
                                    ? try await postgres.query(.sleep, .float8(0.1))
                                    : try await postgres.change(.sleep, .float8(0.1))
                            })
                        if tally.others.count == 6 { tally.full.open() }
                    }
                }
                for task in tasks { task.cancel() }
                try await tally.full.wait()
                #expect(tally.others.allSatisfy { $0 == .cancelled })
                #expect(try await postgres.query(.echo, .int8(5)) == [5])
                #expect(try await postgres.change(.echo, .int8(6)) == [6])
            }
            #expect(postgres.metrics.opened == 2)
        }
    }

    @Test func `the connection with the fewest in flight is taken`() async throws {
        try await withPostgres { core, postgres, _ in
            try await until(core.events) { postgres.metrics.sharedOpen == 2 }
            let slept = Latch()
            core.start {
                _ = await outcome { try await postgres.query(.sleep, .float8(1)) }
                slept.open()
            }
            for _ in 0..<20 { #expect(try await postgres.query(.echo, .int8(1)) == [1]) }
            #expect(postgres.metrics.inFlight == 1)
            try await slept.wait()
        }
    }

    @Test func `what is cancelled before it is sent is not sent`() async throws {
        try await withPostgres({
            $0.sharedConnections = 1
            $0.inFlight = 1
        }) { core, postgres, other in
            try await until(core.events) { postgres.isReady }
            let tally = Tally()
            core.start { tally.note(await outcome { try await postgres.query(.sleep, .float8(0.1)) }) }
            let task = core.start {
                tally.note(await outcome { try await postgres.query(Self.insert, .int8(1)).count })
            }
            #expect(postgres.metrics.queued == 1)
            task.cancel()
            #expect(try await postgres.query(.echo, .int8(5)) == [5])
            #expect(tally.others == [.cancelled])
            #expect(try await other.query(.count("t")) == [0])
        }
    }

    @Test func `closing lets what is in flight end, and no more in`() async throws {
        try await withPostgres { core, postgres, other in
            let tally = Tally()
            core.start { tally.note(await outcome { try await postgres.query(.sleep, .float8(0.2)) }) }
            core.start {
                tally.note(
                    await outcome {
                        try await postgres.transaction { connection in
                            try await connection.query(.sleep, .float8(0.2))
                            try await connection.query(Self.insert, .int8(1))
                        }
                    })
            }
            try await until(core.events) { postgres.metrics.inFlight == 1 && postgres.metrics.leased == 1 }
            core.start {
                try? await until(core.events) { !postgres.isReady }
                #expect(isUnavailable(await outcome { try await postgres.query(.echo, .int8(1)) }))
                #expect(isUnavailable(await outcome { try await postgres.change(.echo, .int8(1)) }))
            }
            await postgres.close()
            #expect(tally.successes == 2)
            #expect(try await other.query(.count("t")) == [1])
        }
    }

    @Test func `closing does not wait for ever`() async throws {
        try await withPostgres { core, postgres, _ in
            let tally = Tally()
            try await concurrently(core, 3) { index in
                switch index {
                case 0: tally.note(await outcome { try await postgres.query(.sleep, .float8(4)) })
                case 1: tally.note(await outcome { try await postgres.change(.sleep, .float8(4)) })
                default:
                    try? await until(core.events) { postgres.metrics.inFlight == 1 && postgres.metrics.leased == 1 }
                    await postgres.close(within: .milliseconds(50))
                }
            }
            #expect(tally.unavailable == 2)
        }
    }

    @Test func `connections age and are replaced, and nobody notices`() async throws {
        try await withPostgres({ $0.lifetime = .milliseconds(150) }) { core, postgres, _ in
            let end = ContinuousClock.now + .milliseconds(1500)
            try await concurrently(core, 16) { index in
                while ContinuousClock.now < end {
                    let echoed = await outcome {
                        index % 4 == 0
                            ? try await postgres.change(.echo, .int8(Int64(index)))
                            : try await postgres.query(.echo, .int8(Int64(index)))
                    }
                    #expect(echoed == .success([Int64(index)]))
                }
            }
            #expect(postgres.metrics.opened >= 8)
            #expect(postgres.metrics.failures == 0)
        }
    }

    @Test func `the metrics tell what goes on`() async throws {
        try await withPostgres { core, postgres, _ in
            try await until(core.events) { postgres.metrics.sharedOpen == 2 }
            try await postgres.query(.echo, .int8(1))
            _ = await outcome { try await postgres.change(.fail, .int8(0)) }
            let metrics = postgres.metrics
            #expect(metrics.calls == 2 && metrics.failures == 1 && metrics.opened == 3)
            #expect(metrics.inFlight == 0 && metrics.queued == 0 && metrics.leased == 0 && metrics.leasesQueued == 0)
        }
    }

    /// Whatever callers, cancellations and a killer do at once: every answer is the caller's own, and in the end all is at rest.
    @Test(arguments: [1, 2, 3]) func `any mixture of callers gets its own answers`(seed: UInt64) async throws {
        try await withPostgres({
            $0.inFlight = 8
            $0.changeConnections = 3
            $0.leased.lockTimeout = .milliseconds(500)
        }) { core, postgres, other in
            let random = Dice(seed)
            try await concurrently(core, 40) { caller in
                for step in 0..<25 {
                    let number = Int64(caller * 1000 + step)
                    let body: () async throws -> [Int64] =
                        switch random.roll(10) {
                        case 0: { try await postgres.query(.fail, .int8(0)) }
                        case 1: { try await postgres.query(.sleep, .float8(0.003)) }
                        case 2: { try await postgres.change(.echo, .int8(number)) }
                        case 3: { try await postgres.search(.echo, .int8(number)) }
                        case 4:
                            {
                                try await postgres.transaction { connection in
                                    try await connection.query(Self.insert, .int8(number))
                                    return try await connection.query(.echo, .int8(number))
                                }
                            }
                        case 5: { try await postgres.lease { try await $0.query(.echo, .int8(number)) } }
                        default: { try await postgres.query(.echo, .int8(number)) }
                        }
                    let ended = Latch()
                    let task = core.start {
                        switch await outcome(body) {
                        case .success(let rows): #expect(rows == [number] || rows == [1])
                        case .failure(.cancelled), .failure(.unavailable): break
                        case .failure(let error): #expect(error.sqlstate == "22012")
                        }
                        ended.open()
                    }
                    if random.roll(6) == 0 { task.cancel() }
                    if random.roll(60) == 0 {
                        _ = try? await other.query(
                            Statement(
                                """
                                select pg_terminate_backend(pid) from pg_stat_activity
                                where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1
                                """))
                    }
                    try? await ended.wait()
                }
            }
            try await until(core.events) { postgres.metrics.inFlight == 0 && postgres.metrics.leased == 0 }
            #expect(postgres.metrics.queued == 0 && postgres.metrics.leasesQueued == 0)
            try await untilAvailable(core.events) { try await postgres.query(.echo, .int8(1)) }
            try await untilAvailable(core.events) { try await postgres.change(.echo, .int8(1)) }
            let own = Statement("select count(*) from pg_stat_activity where datname = current_database()") { row in
                try row.int8()
            }
            #expect(try await other.query(own)[0] <= 2 + 3 + 2 + 1)
        }
    }

    private final class Dice {
        private var source: SeededRandom
        init(_ seed: UInt64) { source = SeededRandom(seed: seed) }
        func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &source) }
    }

    private final class Tally {
        var successes = 0
        var unavailable = 0
        var others: [PostgresError] = []
        var order: [Int] = []
        let full = Latch()

        func note<Success>(_ outcome: Result<Success, PostgresError>) {
            switch outcome {
            case .success: successes += 1
            case .failure(.unavailable): unavailable += 1
            case .failure(let error): others.append(error)
            }
        }
    }
}
