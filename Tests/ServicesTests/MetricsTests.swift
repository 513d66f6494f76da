import GatehouseModel
import TestSupport
import Testing

@Suite struct `What an operator sees` {
    @Test(arguments: ServiceName.allCases)
    func `every service shows its requests, its pool, its outbox and its consumers`(service: ServiceName) async throws {
        try await service.run { running in
            _ = try await running.client.send("GET", "/nothing/here")
            for (name, type) in families(of: service) {
                // What the leader alone shows comes with its lead.
                try await eventually("\(name) is shown", within: .seconds(30)) {
                    let shown = try await running.metrics()
                    return shown.type(of: name) == type && !shown.values(name).isEmpty
                }
            }
        }
    }

    @Test func `policy knows how far its wake-ups are behind, as soon as it has asked`() async throws {
        try await ServiceName.policy.run { running in
            try await eventually("all four topics are asked", within: .seconds(30)) {
                let lag = try await running.metrics().values("gatehouse_consumer_lag_records")
                return lag.count == 4 && lag.allSatisfy { $0 >= 0 }
            }
        }
    }

    @Test func `one relay leads, and the age of what waits is told`() async throws {
        try await ServiceName.registry.run { running in
            try await eventually("it leads") { try await running.metrics().values("gatehouse_outbox_leader") == [1] }
            #expect(try await running.metrics().values("gatehouse_outbox_age_seconds") == [0])
            // A topic that no broker has: nobody will ever acknowledge it.
            try await running.database.script(
                """
                insert into registry.outbox (id, aggregatetype, aggregateid, type, payload)
                values ('01900000-0000-7000-8000-000000000001', 'nowhere', 'key', 'gatehouse.nothing', '{}')
                """)
            try await eventually("it waits") {
                try await running.metrics().values("gatehouse_outbox_age_seconds").allSatisfy { $0 > 1_000_000 }
            }
        }
    }

    private func families(of service: ServiceName) -> [String: String] {
        let every = [
            "gatehouse_request_duration_seconds": "histogram",
            "gatehouse_postgres_calls_total": "counter", "gatehouse_postgres_failures_total": "counter",
            "gatehouse_postgres_connections_total": "counter", "gatehouse_postgres_in_flight": "gauge",
            "gatehouse_postgres_queued": "gauge", "gatehouse_postgres_leased": "gauge",
            "gatehouse_kafka_records_total": "counter", "gatehouse_kafka_in_flight": "gauge",
        ]
        let relay = [
            "gatehouse_outbox_age_seconds": "gauge", "gatehouse_outbox_leader": "gauge",
            "gatehouse_outbox_relayed_total": "counter",
        ]
        let recorder = ["gatehouse_recorded_facts_total": "counter"]
        let log = [
            "gatehouse_audit_lag_records": "gauge", "gatehouse_audit_leader": "gauge",
            "gatehouse_audit_held_partitions": "gauge",
        ]
        let publication = [
            "gatehouse_audit_published_total": "counter", "gatehouse_audit_publication_failures_total": "counter",
            "gatehouse_audit_published_sequence": "gauge", "gatehouse_audit_unpublished_events": "gauge",
            "gatehouse_audit_publication_age_seconds": "gauge", "gatehouse_audit_publication_stopped": "gauge",
        ]
        let replica = [
            "gatehouse_consumer_lag_records": "gauge", "gatehouse_lease_left_seconds": "gauge",
            "gatehouse_state_age_seconds": "gauge", "gatehouse_applied_revision": "gauge",
            "gatehouse_wake_ups_total": "counter", "gatehouse_pulls_total": "counter",
        ]
        let own: [[String: String]] =
            switch service {
            case .registry: [relay]
            case .token: [relay, recorder]
            case .policy: [relay, recorder, replica]
            case .audit: [log, publication]
            }
        return own.reduce(every) { $0.merging($1) { one, _ in one } }
    }
}
