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

    /// One renewal reads for a while; somebody tells of a newer change meanwhile.
    @Test func `applies no older answer after a newer`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "4s"]) { house in
            try await house.sql(
                """
                create sequence registry.readings;
                create function registry.dawdle() returns boolean language plpgsql security definer as $$
                begin
                    if nextval('registry.readings') = 1 then perform pg_sleep(1.5); end if;
                    return true;
                end $$;
                create or replace view registry.published_applications as
                select client_id, name, defined_by, component_kind, flow, scopes,
                    case when flow = 'client_credentials' then run_as end as run_as,
                    enabled, epoch, min_epoch, deleted, revision
                from registry.application where registry.dawdle()
                """)
            let token = try house.token()
            try await house.change("registry", house.disable(false))
            let sleeps = """
                exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')
                """
            try await eventually("a reading takes its time") { try await house.database.text(sleeps) == "true" }
            try await house.change("registry", house.disable(true))
            try await house.tellApplications()
            var (seen, isDisabled) = (0, false)
            try await eventually("both readings are over") {
                let isOver = try await house.database.text(sleeps) == "false"
                let answer = try await house.ask("GET", "/rest/v2/segments", token)
                let revision = answer["X-Gatehouse-Revision"]?.dropFirst().prefix { $0 != "." }
                let reached = revision.flatMap { Int($0) } ?? 0
                #expect(reached >= seen)
                seen = max(seen, reached)
                let refuses = answer["X-Gatehouse-Reason"] == "application_disabled"
                #expect(refuses || !isDisabled)
                isDisabled = isDisabled || refuses
                return isOver && isDisabled
            }
        }
    }
}
