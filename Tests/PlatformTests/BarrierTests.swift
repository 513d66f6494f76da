import GatehouseEventLoop
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

@Suite struct `The barrier` {
    /// Two seconds of TTL: lapsed after 2.2 s, pending after 2.4 s.
    private static let replica = """
        insert into policy.replica (id, state, ttl_ms, renewals, applied_registry, applied_policy, applied_token)
        values ('00000000-0000-7000-8000-00000000000%', 'active', 2000, 1, 4, 4, 4);
        """

    /// Whether somebody else has read the rows.
    private static let reading = Statement(
        """
        select exists (
            select from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and query like '%published_replicas%' and state = 'idle')
        """
    ) { try $0.bool() }

    private func run(
        replicas: Int, _ body: @Sendable @escaping (Barrier, Connection, isolated Core) async throws -> Void
    ) async throws {
        let database = try await MigratedDatabase.make()
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(database.url), on: core)
            for number in 0..<replicas { try await connection.script(Self.replica.replacing("%", with: "\(number)")) }
            let postgres = Postgres(Postgres.Settings(database.url), on: core)
            try await body(Barrier(.registry, postgres, on: core), connection, core)
            await postgres.close()
            connection.close()
        }
        try await database.drop()
    }

    @Test func `has nothing to wait for without replicas`() async throws {
        try await run(replicas: 0) { barrier, _, _ in
            let propagation = await barrier.wait(for: Revision(5))
            #expect(propagation.state == .complete && propagation.replicas == 0 && propagation.lapsed == 0)
        }
    }

    @Test func `answers when each active replica has applied the revision`() async throws {
        try await run(replicas: 3) { barrier, connection, core in
            let latch = Latch()
            var answered: Propagation?
            core.start {
                answered = await barrier.wait(for: Revision(5))
                latch.open()
            }
            try await connection.script("update policy.replica set applied_registry = 5 where id::text like '%0'")
            try await connection.script("update policy.replica set applied_registry = 7 where id::text like '%1'")
            try await core.events.sleep(for: .milliseconds(50))
            #expect(answered == nil)
            try await connection.script("update policy.replica set applied_registry = 5 where id::text like '%2'")
            try await latch.wait()
            let propagation = try #require(answered)
            #expect(propagation.header.hasPrefix("complete; revision=5; replicas=3; lapsed=0; ms="))
        }
    }

    @Test func `gives up a silent replica after its TTL and the margin`() async throws {
        try await run(replicas: 2) { barrier, connection, _ in
            try await connection.script("update policy.replica set applied_registry = 5 where id::text like '%0'")
            let propagation = await barrier.wait(for: Revision(5))
            #expect(propagation.state == .complete && propagation.replicas == 2 && propagation.lapsed == 1)
            #expect(2200..<2400 ~= propagation.milliseconds)
        }
    }

    @Test func `counts a silent replica that was swept meanwhile`() async throws {
        try await run(replicas: 2) { barrier, connection, core in
            try await connection.script("update policy.replica set applied_registry = 5 where id::text like '%0'")
            let latch = Latch()
            var answered: Propagation?
            core.start {
                answered = await barrier.wait(for: Revision(5))
                latch.open()
            }
            try await eventually("it has read the row") { try await connection.query(Self.reading).first == true }
            #expect(answered == nil)
            try await connection.script("delete from policy.replica where id::text like '%1'")
            try await latch.wait()
            let propagation = try #require(answered)
            #expect(propagation.header.hasPrefix("complete; revision=5; replicas=2; lapsed=1; ms="))
        }
    }

    @Test func `is pending while a replica renews without the change`() async throws {
        try await run(replicas: 1) { barrier, connection, core in
            let renewals = core.start {
                while !Task.isCancelled {
                    try? await connection.script("update policy.replica set renewals = renewals + 1")
                    try? await core.events.sleep(for: .milliseconds(100))
                }
            }
            let propagation = await barrier.wait(for: Revision(5))
            renewals.cancel()
            await renewals.value
            #expect(propagation.state == .pending && propagation.replicas == 1 && propagation.lapsed == 0)
            #expect(2400..<3000 ~= propagation.milliseconds)
        }
    }

    @Test func `does not wait for one that joins, and not for its own schema's sake for another`() async throws {
        try await run(replicas: 1) { barrier, connection, _ in
            try await connection.script("update policy.replica set state = 'joining'")
            #expect(await barrier.wait(for: Revision(5)).replicas == 0)
            try await connection.script("update policy.replica set state = 'active', applied_registry = 9")
            #expect(await barrier.wait(for: Revision(9)).milliseconds < 1000)
        }
    }

    @Test func `answers a thousand waiters with one reader`() async throws {
        try await run(replicas: 1) { barrier, connection, core in
            var answers: [Propagation] = []
            let latch = Latch()
            for number in 1...1000 {
                core.start {
                    answers.append(await barrier.wait(for: Revision(Int64(4 + number % 3))))
                    if answers.count == 1000 { latch.open() }
                }
            }
            try await connection.script("update policy.replica set applied_registry = 6")
            try await latch.wait()
            #expect(answers.allSatisfy { $0.state == .complete && $0.replicas == 1 })
        }
    }
}
