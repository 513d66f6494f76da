import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

/// What the model's near misses would do to the code as it is (Tests/Faults/mutants).
@Suite struct `A replica that comes near to missing` {
    /// So no answer is younger than what the renewal took.
    @Test func `counts its lease from before the renewal was sent, however late the answer`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "4s"]) { house in
            try await house.sql(
                """
                create function policy.dawdle() returns trigger language plpgsql as $$
                begin
                    perform pg_sleep(0.4);
                    return new;
                end $$;
                create trigger dawdle before update on policy.replica for each row execute function policy.dawdle()
                """)
            let renewals = "select max(renewals) from policy.replica"
            let before = Int(try await house.database.text(renewals)) ?? 0
            try await eventually("slow renewals", within: .seconds(30)) {
                Int(try await house.database.text(renewals)) ?? 0 > before + 1
            }
            let token = try house.token()
            var ages: [Int] = []
            try await eventually("ages of more than a renewal", within: .seconds(60)) {
                let answer = try await house.ask("GET", "/rest/v2/segments", token)
                if let age = answer["X-Gatehouse-State-Age-Ms"].flatMap({ Int($0) }) { ages.append(age) }
                return ages.count > 100
            }
            #expect(try #require(ages.min()) >= 400)
        }
    }

    @Test func `holds no lease on heads that it cannot reach`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            let token = try house.token()
            #expect(try await house.ask("GET", "/rest/v2/segments", token).status == 200)
            try await house.sql("revoke select on registry.published_applications from policy")
            try await house.change("registry", house.disable(true))
            try await eventually("it is stale") {
                try await house.ask("GET", "/rest/v2/segments", token)["X-Gatehouse-Reason"] == "state_stale"
            }
            try await house.sql("grant select on registry.published_applications to policy")
            try await eventually("it decides on what is") {
                try await house.ask("GET", "/rest/v2/segments", token)["X-Gatehouse-Reason"] == "application_disabled"
            }
        }
    }

    @Test func `keeps its row when it renews while somebody sweeps it`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            let row = "select count(*) from policy.replica where ttl_ms = 1000"
            try await house.sql(
                "insert into policy.replica (id, state, ttl_ms) values (gen_random_uuid(), 'active', 1000)")
            try await house.database.holding("update policy.replica set renewals = renewals + 1 where ttl_ms = 1000") {
                try await eventually("the sweeper waits") {
                    try await house.database.isWaiting("delete from policy.replica%")
                }
            }
            try await eventually("the sweeper has looked again") {
                try await !house.database.isWaiting("delete from policy.replica%")
            }
            #expect(try await house.database.text(row) == "1")
            try await eventually("it is silent, and swept") { try await house.database.text(row) == "0" }
        }
    }

    @Test func `claims no head of a later snapshot than its rows`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            let token = try house.token()
            #expect(try await house.ask("GET", "/rest/v2/segments", token).status == 200)
            try await house.database.holding("lock table token.revocation in access exclusive mode") {
                try await house.change("token", "")
                try await eventually("it has read the keys, and waits for the revocations") {
                    try await house.database.isWaiting("%published_revocations%")
                }
                try await house.change(
                    "token",
                    "update token.signing_key set deleted = true, revision = (select revision from token.head)")
            }
            try await eventually("it has read what came meanwhile") {
                try await house.ask("GET", "/rest/v2/segments", token).status == 401
            }
        }
    }

    /// One renewal reads until it is let go; somebody tells of a newer change meanwhile.
    @Test func `applies no older answer after a newer`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "4s"]) { house in
            try await house.sql(
                """
                create function registry.dawdle() returns boolean language plpgsql as $$
                begin
                    if pg_try_advisory_xact_lock(9) then
                        while not pg_try_advisory_xact_lock_shared(8) loop perform pg_sleep(0.02); end loop;
                    end if;
                    return true;
                end $$;
                create or replace view registry.published_applications as
                select client_id, name, defined_by, component_kind, flow, scopes,
                    case when flow = 'client_credentials' then run_as end as run_as,
                    enabled, epoch, min_epoch, deleted, revision
                from registry.application where registry.dawdle()
                """)
            let token = try house.token()
            let sight = Sight(house, token)
            try await house.database.holding("select pg_advisory_xact_lock(8)") {
                try await house.change("registry", house.disable(false))
                try await eventually("a reading takes its time", within: .seconds(60)) {
                    try await house.database.text(
                        """
                        select exists (
                            select from pg_locks l join pg_database d on d.oid = l.database
                            where d.datname = current_database() and l.locktype = 'advisory' and l.objid = 9)
                        """) == "true"
                }
                try await house.change("registry", house.disable(true))
                try await house.tellApplications()
                // Where two readings go on at once, the newer is over now; where one waits for the other there is nothing to be awaited.
                let end = ContinuousClock.now + .seconds(1)
                while ContinuousClock.now < end, try await !sight.look() {}
            }
            try await eventually("both readings are over", within: .seconds(60)) { try await sight.look() }
            for _ in 0..<200 { _ = try await sight.look() }
        }
    }

    /// What is seen of a replica: its revision never falls, and what is disabled stays so.
    private actor Sight {
        private let house: PolicyHouse
        private let token: String
        private var reached = 0
        private var isDisabled = false

        init(_ house: PolicyHouse, _ token: String) {
            self.house = house
            self.token = token
        }

        func look() async throws -> Bool {
            let answer = try await house.ask("GET", "/rest/v2/segments", token)
            // Held up for long, it has no lease: then it tells of no state.
            guard answer["X-Gatehouse-Reason"] != "state_stale" else { return false }
            let revision = answer["X-Gatehouse-Revision"]?.dropFirst().prefix { $0 != "." }.description
            let now = revision.flatMap { Int($0) } ?? reached
            #expect(now >= reached)
            reached = max(reached, now)
            let refuses = answer["X-Gatehouse-Reason"] == "application_disabled"
            #expect(refuses || !isDisabled)
            isDisabled = isDisabled || refuses
            return refuses
        }
    }
}
