import GatehouseJSON
import TestSupport
import Testing

/// The answer waits for the replicas (04 § Barrier).
@Suite struct AdministrationPropagationTests {
    @Test func `a change that a live replica has not applied is 202, and a later look at it waits again`() async throws
    {
        try await AdministrationHouse.run { house in
            let head = try await house.head()
            // Beside this process's own: a replica that lives, and never applies.
            try await house.database.script(
                """
                create sequence policy.life;
                create or replace view policy.published_replicas as
                    select id, state, ttl_ms, renewals, applied_registry, applied_policy, applied_token from policy.replica
                    union all
                    select '0190b5a0-0000-7000-8000-000000000001', 'active', 2000, nextval('policy.life'), 0, \(head), 0;
                grant usage on sequence policy.life to policy;
                """)
            let made = try await house.call("POST", "/domains", ["name": "a.example.com"])
            #expect(made.status == 202)
            #expect(try made.json() == ["name": "a.example.com"])
            #expect(
                made["Gatehouse-Propagation"]?.hasPrefix("pending; revision=\(head + 1); replicas=2; lapsed=0; ms=")
                    == true)
            #expect(try await house.call("PUT", "/ip-ranges", ["items": [["range": "192.0.2.7"]]]).status == 202)
            #expect(try await house.call("PUT", "/ip-ranges", ["items": [["range": "192.0.2.7"]]]).status == 202)
            #expect(try await house.call("DELETE", "/domains/a.example.com").status == 202)
            #expect(try await house.call("DELETE", "/domains/a.example.com").status == 404)
        }
    }
}
