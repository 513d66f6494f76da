import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import TestSupport
import Testing

/// Each test asks from an address of its own, by which it finds its events among all others'.
@Suite struct `What is decided` {
    private let address =
        "2001:db8::\(String(Int.random(in: 1...0xFFFF), radix: 16)):\(String(Int.random(in: 1...0xFFFF), radix: 16))"

    private func run(_ settings: [String: String] = [:], _ body: (PolicyHouse) async throws -> Void) async throws {
        try await PolicyHouse.run(["TRUSTED_PROXIES": "127.0.0.1/32"].merging(settings) { $1 }, body)
    }

    private func ask(
        _ house: PolicyHouse, _ method: String, _ target: String, _ token: String? = nil, id: String = "r-1"
    ) async throws -> TestAnswer {
        try await house.ask(
            method, target, token, headers: ["X-Forwarded-For": address, "X-Request-ID": id])
    }

    private func events(since marks: [Partition: Int64]) async throws -> [Event] {
        try await Topics.events(since: marks).filter { event in
            [event.data["ip"], event.data["request"]?["ip"]].contains(.string(address))
        }
    }

    @Test func `stands on its topic once, with its decision's id, before the answer`() async throws {
        try await run { house in
            let marks = try await Topics.ends()
            let token = try house.token()
            var refused: [String: String] = [:]
            for (method, target, reason) in [
                ("GET", "/rest/v2/users", "insufficient_scope"),
                ("DELETE", "/rest/v2/segments/7?token=s3cret", "domain_denied"),
                ("GET", "/elsewhere", "route_unknown"),
            ] {
                let answer = try await ask(house, method, target, token, id: "r-\(reason)")
                #expect(answer["X-Gatehouse-Reason"] == reason)
                refused[try #require(answer["X-Gatehouse-Decision-Id"])] = reason
            }
            let written = try await ask(house, "POST", "/rest/v2/segments", token)
            #expect(written.status == 200)
            let ours = try await ask(house, "PUT", "/api/v1/ip-ranges", house.adminToken())
            #expect(ours.status == 200)

            let events = try await self.events(since: marks)
            let blocked = events.filter { $0.eventType == .requestBlocked }
            #expect(blocked.count == 3)
            for event in blocked {
                let known = refused.removeValue(forKey: event.id.text)
                let reason = try #require(known)
                #expect(event.data["decision_id"] == event.id.json && event.data["reason"] == .string(reason))
                #expect(event.data["checks"]?[reason] == "fail" && event.data["checks"]?["token_missing"] == "pass")
                #expect(event.data["application"] == ["client_id": .string(PolicyHouse.sync), "name": "Shop sync"])
                #expect(event.data["user"] == ["id": .string(PolicyHouse.ann), "name": "Ann"])
                #expect(event.data["request"]?["request_id"] == .string("r-\(reason)"))
                #expect(event.data["request"]?["ip"] == .string(address) && event.data["revision"] == "r1.p1.t1")
                #expect(event.data["state_age_ms"]?.integer != nil && !JSON.object(event.data).text.contains("s3cret"))
            }
            let calls = events.filter { $0.eventType == .callAllowed }
            #expect(calls.map(\.id.text) == [written["X-Gatehouse-Decision-Id"]])
            let call = try #require(calls.first)
            let fact = try Fact(call.data)
            #expect(fact.user?.name == "Ann" && fact.application?.name == "Shop sync" && fact.operation == .call)
            #expect(fact.objects == [Fact.Object("POST /rest/v2/segments", name: "POST /rest/v2/segments")])
        }
    }

    /// W3C Trace Context: a caller's trace goes on, with a span of ours; what is no trace begins one, and changes nothing else.
    @Test func `belongs to its caller's trace, or to one of its own`() async throws {
        try await run { house in
            let marks = try await Topics.ends()
            let token = try house.token()
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let parent = "00-\(trace)-b7ad6b7169203331-01"
            func ask(_ method: String, _ headers: [String: String]) async throws -> String {
                let answer = try await house.ask(
                    method, "/rest/v2/segments", token, headers: headers.merging(["X-Forwarded-For": address]) { $1 })
                #expect(answer.status == (method == "POST" ? 200 : 403))
                return try #require(answer["X-Gatehouse-Decision-Id"])
            }
            let known = try await [ask("POST", ["traceparent": parent]), ask("BREW", ["Traceparent": parent])]
            var own = try await [ask("BREW", [:]), ask("POST", ["traceparent": parent, "Traceparent": parent])]
            for hostile in [
                parent.uppercased(), "00-\(String(repeating: "0", count: 32))-b7ad6b7169203331-01",
                "ff" + parent.dropFirst(2),
                String(repeating: "0", count: 4_000), "00-\(trace)-b7ad6b7169203331-01\";drop",
            ] {
                own.append(try await ask("POST", ["traceparent": hostile]))
            }
            let parents = Dictionary(
                uniqueKeysWithValues: try await events(since: marks).map { ($0.id.text, $0.traceparent) })
            let continued = try known.map { try #require(parents[$0] ?? nil) }
            #expect(continued.allSatisfy { $0.traceID == trace && $0.text.hasSuffix("-01") })
            #expect(Set(continued.map(\.spanID) + ["b7ad6b7169203331"]).count == 3)
            let begun = try own.map { String(try #require(parents[$0] ?? nil).traceID) }
            #expect(Set(begun + [trace]).count == own.count + 1)
        }
    }

    @Test func `is counted where it is read, and where nobody proved who calls`() async throws {
        try await run { house in
            let marks = try await Topics.ends()
            let token = try house.token()
            for _ in 1...40 { #expect(try await ask(house, "GET", "/rest/v2/segments", token).status == 200) }
            for _ in 1...30 { #expect(try await ask(house, "GET", "/rest/v2/segments").status == 401) }
            for _ in 1...10 { #expect(try await ask(house, "GET", "/rest/v2/segments", "nonsense").status == 401) }
            // Leaving, it writes what it has counted.
            await house.service.stop()
            let events = try await self.events(since: marks)
            func sum(_ type: EventType, _ reason: String? = nil) throws -> Int64 {
                try events.filter { $0.eventType == type && $0.data["reason"]?.string == reason }
                    .reduce(0) { $0 + (try #require($1.data["count"]?.integer)) }
            }
            #expect(try sum(.callsAllowed) == 40)
            #expect(try sum(.requestsBlocked, "token_missing") == 30)
            #expect(try sum(.requestsBlocked, "token_malformed") == 10)
            #expect(events.filter { $0.eventType == .callsAllowed }.count <= 10)
        }
    }

    @Test func `is recorded each by each where that is wanted`() async throws {
        try await run(["RECORD_READS": "each"]) { house in
            let marks = try await Topics.ends()
            let token = try house.token()
            var ids: Set<String> = []
            for _ in 1...5 {
                let answer = try await ask(house, "GET", "/rest/v2/segments", token)
                ids.insert(try #require(answer["X-Gatehouse-Decision-Id"]))
            }
            let events = try await self.events(since: marks)
            #expect(Set(events.filter { $0.eventType == .callsAllowed }.map(\.id.text)) == ids && ids.count == 5)
        }
    }

    @Test func `goes to the outbox while Kafka is away, and is refused when that is away, too`() async throws {
        // Nobody listens at port 9: Kafka is away, from the beginning.
        try await run(["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "LEASE_TTL": "60s"]) { house in
            let token = try house.token()
            let blocked = try await ask(house, "GET", "/rest/v2/users", token)
            #expect(blocked.status == 403)
            let written = try await ask(house, "POST", "/rest/v2/segments", token)
            #expect(written.status == 200)
            #expect(
                try await house.database.texts("select id::text from policy.outbox order by position")
                    == [blocked, written].map { $0["X-Gatehouse-Decision-Id"] ?? "" })

            try await house.sql("revoke insert on policy.outbox from policy")
            for (method, target) in [("GET", "/rest/v2/users"), ("POST", "/rest/v2/segments")] {
                let answer = try await ask(house, method, target, token)
                #expect(answer.status == 503 && answer["X-Gatehouse-User"] == nil)
                #expect(answer["X-Gatehouse-Reason"] == "state_stale")
            }
            #expect(try await house.database.texts("select id::text from policy.outbox").count == 2)
        }
    }
}

/// Policy's own topics on the test's broker.
private enum Topics {
    private static let names = [Topic.calls.name, Topic.blockedRequests.name]

    static func ends() async throws -> [Partition: Int64] {
        try await withConsumer { consumer in
            try await consumer.ends(of: names)
        }
    }

    /// What has been produced since, wherever its subject lies.
    static func events(since marks: [Partition: Int64]) async throws -> [Event] {
        try await withConsumer { consumer in
            let ends = try await consumer.ends(of: names)
            let open = ends.filter { $0.value > marks[$0.key] ?? 0 }
            guard !open.isEmpty else { return [] }
            try consumer.assign(Dictionary(uniqueKeysWithValues: open.keys.map { ($0, .at(marks[$0] ?? 0)) }))
            var events: [Event] = []
            let expected = open.reduce(0) { $0 + $1.value - (marks[$1.key] ?? 0) }
            struct Done: Error {}
            do {
                try await consumer.run { records in
                    events += try records.map { try Event(parsing: $0.value ?? []) }
                    if events.count >= expected { throw Done() }
                }
            } catch is Done {}
            return events
        }
    }

    private static func withConsumer<Result: Sendable>(
        _ body: @Sendable @escaping (Consumer) async throws -> Result
    ) async throws -> Result {
        let servers = try TestService.broker()
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let consumer = try Consumer(["bootstrap.servers": servers], on: core) { _ in }
            do {
                let result = try await body(consumer)
                await consumer.close()
                return result
            } catch {
                await consumer.close()
                throw error
            }
        }
    }
}
