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
}
