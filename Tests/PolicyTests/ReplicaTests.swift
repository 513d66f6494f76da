import GatehouseEventLoop
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Policy
import TestSupport
import Testing

@Suite struct `A replica` {
    @Test func `joins, decides, and takes its row away when it leaves`() async throws {
        try await PolicyHouse.run { house in
            let rows = "select state from policy.replica"
            let before = try await house.database.texts(rows)
            #expect(before == ["active"])
            #expect(try await house.ask("GET", "/rest/v2/segments", house.token()).status == 200)
            await house.service.stop()
            #expect(try await house.database.texts(rows) == [])
        }
    }

    @Test func `acts on a change when its barrier is complete`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token()
            for round in 1...5 {
                let enabled = round % 2 == 0
                try await house.change(
                    "registry",
                    """
                    update registry.application set enabled = \(enabled), revision = (select revision from registry.head)
                    where client_id = '\(PolicyHouse.sync)'
                    """)
                let propagation = await house.barrier(.registry, Revision(Int64(round + 1)))
                #expect(propagation.state == .complete && propagation.replicas == 1 && propagation.lapsed == 0)
                let answer = try await house.ask("GET", "/rest/v2/segments", token)
                #expect(answer.status == (enabled ? 200 : 401))
                #expect(answer["X-Gatehouse-Revision"] == "r\(round + 1).p1.t1")
            }
        }
    }

    @Test func `sees a change of roles, networks and the catalogue, and a head that no published row follows`()
        async throws
    {
        try await PolicyHouse.run { house in
            let token = try house.token()
            try await house.change(
                "policy",
                """
                delete from policy.role_permission where role = 'Marketer';
                update policy.role set revision = (select revision from policy.head) where name = 'Marketer';
                """)
            #expect(await house.barrier(.policy, Revision(2)).state == .complete)
            #expect(try await house.ask("GET", "/rest/v2/segments", token)["X-Gatehouse-Reason"] == "permission_denied")

            let low = "decode('00000000000000000000ffffcb007100', 'hex')"
            try await house.change(
                "policy",
                """
                insert into policy.network_range values (\(low), \(low), 3);
                update policy.network_list set revision = (select revision from policy.head);
                """)
            #expect(await house.barrier(.policy, Revision(3)).state == .complete)
            #expect(try await house.ask("GET", "/rest/v2/segments", token)["X-Gatehouse-Reason"] == "ip_denied_general")

            try await house.change("token", "")
            #expect(await house.barrier(.token, Revision(2)).state == .complete)
        }
    }

    @Test func `is woken by Kafka long before its next renewal`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "60s"]) { house in
            let token = try house.token()
            try await eventually("the replica hears wake-ups") {
                try await house.change("registry", house.disable(false))
                try await house.tellApplications()
                let head = try await house.database.texts("select revision::text from registry.head")
                return try await house.database.texts("select applied_registry::text from policy.replica") == head
            }
            try await house.change("registry", house.disable(true))
            try await house.tellApplications()
            try await eventually("the change is there", within: .seconds(5)) {
                try await house.ask("GET", "/rest/v2/segments", token)["X-Gatehouse-Reason"] == "application_disabled"
            }
        }
    }

    @Test func `starts over under a new id when its row is gone`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            let first = try await house.database.texts("select id::text from policy.replica")
            try await house.sql("delete from policy.replica")
            try await house.change("registry", house.disable(true))
            try await eventually("another row") {
                let rows = try await house.database.texts("select id::text from policy.replica where state = 'active'")
                return rows.count == 1 && rows != first
            }
            try await eventually("it decides on what is") {
                try await house.ask("GET", "/rest/v2/segments", house.token())["X-Gatehouse-Reason"]
                    == "application_disabled"
            }
        }
    }

    @Test func `starts over when a database is another than it was, though its revision is lower`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            try await house.sql(
                """
                update registry.head set incarnation = gen_random_uuid(), revision = 0;
                update registry.application set enabled = false, revision = 0 where client_id = '\(PolicyHouse.sync)';
                """)
            try await eventually("it decides on what is") {
                let answer = try await house.ask("GET", "/rest/v2/segments", house.token())
                return answer["X-Gatehouse-Reason"] == "application_disabled"
                    && answer["X-Gatehouse-Revision"] == "r0.p1.t1"
            }
            #expect(
                try await house.database.texts("select state from policy.replica where state = 'active'").count == 1)
        }
    }

    /// Else it would hold what no longer is, and stay silent until the revision that it has comes again.
    @Test func `starts over when a failover has lost what it had applied`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            try await house.change("registry", house.disable(true))
            try await eventually("it is disabled") {
                try await house.ask("GET", "/rest/v2/segments", house.token()).status == 401
            }
            try await house.sql("update registry.head set revision = revision - 1;\n\(house.disable(false))")
            try await eventually("it decides on what is") {
                try await house.ask("GET", "/rest/v2/segments", house.token()).status == 200
            }
            // And so it follows the next change, whose number it had seen before.
            try await house.change("registry", house.disable(true))
            try await eventually("it is disabled again") {
                try await house.ask("GET", "/rest/v2/segments", house.token()).status == 401
            }
        }
    }

    @Test func `refuses while PostgreSQL is away for longer than its lease, and comes back by itself`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            let token = try house.token()
            try await TestDatabase.onServer("alter database \(house.database.name) allow_connections false")
            try await TestDatabase.onServer(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(house.database.name)'")
            try await eventually("it is stale") {
                let answer = try await house.ask("GET", "/rest/v2/segments", token)
                return answer.status == 503 && answer["X-Gatehouse-Reason"] == "state_stale"
            }
            #expect(try await house.service.internalClient.send("GET", "/health/ready").status == 503)
            try await TestDatabase.onServer("alter database \(house.database.name) allow_connections true")
            try await eventually("it decides again", within: .seconds(5)) {
                try await house.ask("GET", "/rest/v2/segments", token).status == 200
            }
        }
    }

    @Test func `sweeps the rows of the dead, joining or active, and leaves the living alone`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "2s"]) { house in
            try await house.sql(
                """
                insert into policy.replica (id, state, ttl_ms) values
                    (gen_random_uuid(), 'joining', 1000), (gen_random_uuid(), 'active', 1000)
                """)
            try await eventually("the dead are gone") {
                try await house.database.texts("select state from policy.replica") == ["active"]
            }
            #expect(try await house.ask("GET", "/rest/v2/segments", house.token()).status == 200)
        }
    }
}

extension PolicyHouse {
    func barrier(_ schema: Schema, _ revision: Revision) async -> Propagation {
        let url = database.url
        let core = Core()
        defer { core.stop() }
        return await core.run { core in
            let postgres = Postgres(Postgres.Settings(url), on: core)
            let propagation = await Barrier(schema, postgres, on: core).wait(for: revision)
            await postgres.close()
            return propagation
        }
    }

    func disable(_ isDisabled: Bool) -> String {
        """
        update registry.application set enabled = \(!isDisabled), revision = (select revision from registry.head)
        where client_id = '\(Self.sync)'
        """
    }

    /// As the registry's relay would.
    func tellApplications() async throws {
        let servers = try TestService.broker()
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let producer = try Producer(["bootstrap.servers": servers], on: core) { _ in }
            try await producer.send(
                Record(topic: Topic.applications.name, key: Array(Self.sync.utf8), value: Array("{}".utf8)))
            await producer.close()
        }
    }
}
