import GatehouseJSON
import TestSupport
import Testing

/// The answer waits for the replicas of policy (04 § Barrier).
@Suite struct PropagationTests {
    @Test func `a change that a live replica has not applied is 202, and a later look at it waits again`() async throws
    {
        try await RegistryHouse.run { house in
            // A replica that lives, and never applies: its renewals are counted up by a trigger of every look's own.
            try await house.database.script(
                """
                insert into policy.replica (id, state, ttl_ms) values (gen_random_uuid(), 'active', 200);
                create sequence policy.life;
                create or replace view policy.published_replicas as
                    select id, state, ttl_ms, nextval('policy.life') as renewals, applied_registry, applied_policy, applied_token
                    from policy.replica;
                grant usage on sequence policy.life to registry;
                """)
            let made = try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("Sync"))
            #expect(made.status == 202)
            #expect(
                made["Gatehouse-Propagation"]?.hasPrefix("pending; revision=1; replicas=1; lapsed=0; ms=")
                    == true)
            let path = RegistryHouse.path(try made.json()["client_id"]?.string ?? "")
            #expect(try await house.call("GET", path).status == 200)
            #expect(try await house.call("PATCH", path, ["name": "Sync"]).status == 202)
            let rotated = try await house.call("POST", path + "/secret", [:])
            #expect(rotated.status == 202)
            #expect(try rotated.json()["propagation"]?["state"] == "pending")
            #expect(try await house.call("POST", path + "/revoke-tokens").status == 202)

            try await house.database.script("update policy.replica set applied_registry = 3")
            let same = try await house.call("PATCH", path, ["name": "Sync"])
            #expect(same.status == 200)
            #expect(
                same["Gatehouse-Propagation"]?.hasPrefix("complete; revision=3; replicas=1; lapsed=0;") == true)
            #expect(try await house.call("DELETE", path).status == 202)
        }
    }

    @Test func `a replica whose lease has certainly ended is not waited for`() async throws {
        try await RegistryHouse.run { house in
            try await house.database.script(
                "insert into policy.replica (id, state, ttl_ms) values (gen_random_uuid(), 'active', 2000)")
            let made = try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("Sync"))
            #expect(made.status == 201)
            #expect(
                made["Gatehouse-Propagation"]?.hasPrefix("complete; revision=1; replicas=1; lapsed=1;") == true)
        }
    }
}
