import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import Registry
import TestSupport
import Testing

/// `Idempotency-Key` (03 § Management API, 04 § Idempotency).
@Suite struct IdempotencyTests {
    private static let applications = "/api/v1/applications"
    private static let key = ["Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"]

    /// All but how long the propagation took.
    private func expectSame(_ again: TestAnswer, _ first: TestAnswer) {
        #expect(again.status == first.status)
        #expect(again["ETag"] == first["ETag"])
        #expect(again["Location"] == first["Location"])
        let propagation = { (answer: TestAnswer) in answer["Gatehouse-Propagation"]?.prefix { $0 != "m" } }
        #expect(propagation(again) != nil && propagation(again) == propagation(first))
    }

    private func claims(_ house: RegistryHouse) async throws -> String {
        try await house.database.text(
            "select (select count(*) from registry.idempotency) || ' ' || (select count(*) from registry.idempotency_answer)"
        )
    }

    @Test func `a creation that is asked for again is made once, and its secret told again`() async throws {
        try await RegistryHouse.run { house in
            let draft = RegistryHouse.draft("Sync", ["ip_ranges": [["range": "192.0.2.0/24", "note": "é"]]])
            let first = try await house.call("POST", Self.applications, draft, headers: Self.key)
            #expect(first.status == 201)
            let secret = try #require(try first.json()["client_secret"]?.string)
            // What it became meanwhile is not what was answered.
            let path = RegistryHouse.path(try first.json()["client_id"]?.string ?? "")
            #expect(try await house.call("PATCH", path, ["name": "Other"]).status == 200)
            let again = try await house.call("POST", Self.applications, draft, headers: Self.key)
            expectSame(again, first)
            #expect(again.text == first.text)
            #expect(try await house.database.text("select count(*) from registry.application") == "1")
            #expect(try await house.told().count == 2)
            #expect(try await house.head() == 2)
            let kept = try await house.database.text(
                "select row(encode(sealed, 'escape'), snapshot)::text from registry.idempotency_answer")
            #expect(kept.contains("Sync") && !kept.contains(secret))
            let code = try await house.database.text("select encode(secret_hmac, 'hex') from registry.application")
            #expect(!kept.contains(code))
        }
    }

    @Test func `a body is the same however it is written, and another is refused`() async throws {
        try await RegistryHouse.run { house in
            func post(_ text: String) async throws -> TestAnswer {
                try await house.send("POST", Self.applications, bytes: Array(text.utf8), headers: Self.key)
            }
            let rest = #""flow":"client_credentials","scopes":["read:segments"],"run_as":"\#(RegistryHouse.bob)""#
            let first = try await post(#"{"name":"Sync",\#(rest)}"#)
            #expect(first.status == 201)
            for same in [#" { \#(rest) , "name" : "Sync" } "#, #"{"n\u0061me":"S\u0079nc",\#(rest)}"#] {
                #expect(try await post(same).text == first.text)
            }
            for other in [#"{"name":"sync",\#(rest)}"#, #"{"name":"Sync","description":"",\#(rest)}"#, "{}", ""] {
                let refused = try await post(other)
                #expect(refused.status == 422)
                #expect(
                    try refused.json()["errors"]
                        == [["field": "Idempotency-Key", "detail": "was used on this path with another body"]])
            }
            #expect(try await post("{").status == 400)
            #expect(try await house.head() == 1)
        }
    }

    @Test func `a rotation and a revocation are made once, whatever If-Match says when they are asked for again`()
        async throws
    {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let headers = Self.key.merging(["If-Match": "\"1\""]) { $1 }
            let path = RegistryHouse.path(id) + "/secret"
            let first = try await house.call("POST", path, ["revoke_tokens": true], headers: headers)
            #expect(first.status == 200)
            let again = try await house.call("POST", path, ["revoke_tokens": true], headers: headers)
            expectSame(again, first)
            #expect(try again.json()["client_secret"] == first.json()["client_secret"])
            #expect(try again.json()["secret"] == first.json()["secret"])
            #expect(try again.json()["propagation"]?["revision"] == 2)
            #expect(try await house.isLive(again.json()["client_secret"]?.string ?? "", of: id))
            #expect(try await house.column("row(epoch, secret_generation, revision)", of: id) == "(2,2,2)")

            // On another path the same key is another claim.
            let tokens = RegistryHouse.path(id) + "/revoke-tokens"
            let revoked = try await house.call("POST", tokens, headers: Self.key)
            #expect(revoked.status == 200)
            #expect(try await house.call("PATCH", RegistryHouse.path(id), ["name": "Later"]).status == 200)
            let revokedAgain = try await house.call("POST", tokens, [:], headers: Self.key)
            expectSame(revokedAgain, revoked)
            #expect(revokedAgain.text == revoked.text)
            #expect(try await house.column("row(epoch, revision)", of: id) == "(3,4)")
            #expect(try await claims(house) == "2 2")
        }
    }

    @Test func `a hundred creations at once by one key make one application, and one answer`() async throws {
        try await RegistryHouse.run { house in
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await house.call("POST", Self.applications, RegistryHouse.draft("Sync"), headers: Self.key)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.map(\.status) == Array(repeating: 201, count: 100))
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(try await house.database.text("select count(*) from registry.application") == "1")
            #expect(try await house.head() == 1)
        }
    }

    @Test func `rotations at once by one key and If-Match are one rotation`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let headers = Self.key.merging(["If-Match": "\"1\""]) { $1 }
            let secrets = try await withThrowingTaskGroup(of: JSON?.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        let path = RegistryHouse.path(id) + "/secret"
                        let answer = try await house.call("POST", path, headers: headers)
                        #expect(answer.status == 200, "\(answer.text)")
                        return try answer.json()["client_secret"]
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(secrets.count == 1)
            #expect(try await house.column("row(secret_generation, revision)", of: id) == "(2,2)")
        }
    }

    @Test func `callers do not meet each other's answers`() async throws {
        try await RegistryHouse.run { house in
            let callers = [RegistryHouse.console, RegistryHouse.caller(scopes: RegistryHouse.scopes)]
            for (index, caller) in callers.enumerated() {
                let draft = RegistryHouse.draft("Sync \(index)")
                let made = try await house.call("POST", Self.applications, draft, as: caller, headers: Self.key)
                #expect(made.status == 201)
                #expect(try made.json()["name"] == .string("Sync \(index)"))
            }
            #expect(try await claims(house) == "2 2")
        }
    }

    @Test func `a refusal keeps nothing: the same key serves when the request is right`() async throws {
        try await RegistryHouse.run { house in
            let wrong = RegistryHouse.draft("Sync", ["scopes": ["read:nothing"]])
            #expect(try await house.call("POST", Self.applications, wrong, headers: Self.key).status == 422)
            let none = RegistryHouse.path(String(repeating: "x", count: 32))
            #expect(try await house.call("POST", none + "/secret", headers: Self.key).status == 404)
            let id = try await house.id("Taken")
            let stale = Self.key.merging(["If-Match": "\"7\""]) { $1 }
            let secret = RegistryHouse.path(id) + "/secret"
            #expect(try await house.call("POST", secret, headers: stale).status == 412)
            let taken = RegistryHouse.draft("Taken")
            #expect(try await house.call("POST", Self.applications, taken, headers: Self.key).status == 409)
            #expect(try await claims(house) == "0 0")
            #expect(try await house.head() == 1)
            let right = RegistryHouse.draft("Sync")
            #expect(try await house.call("POST", Self.applications, right, headers: Self.key).status == 201)
            #expect(try await house.call("POST", secret, headers: Self.key).status == 200)
        }
    }

    /// The statement has read the application as it was, and finds it changed when its turn comes.
    @Test func `what was overtaken leaves no claim and no revision`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let headers = Self.key.merging(["If-Match": "\"1\""]) { $1 }
            let overtake = "update registry.application set revision = 2 where client_id = '\(id)'"
            let rotation = try await house.database.holding(
                "with held as (update registry.head set revision = 2 returning 1) \(overtake)"
            ) {
                let rotation = Task {
                    try await house.call("POST", RegistryHouse.path(id) + "/secret", headers: headers)
                }
                try await eventually("it waits") {
                    try await house.database.isWaiting("%registry.idempotency as claim%")
                }
                return rotation
            }
            #expect(try await rotation.value.status == 412)
            #expect(try await claims(house) == "0 0")
            #expect(try await house.head() == 2)
            #expect(try await house.column("secret_generation", of: id) == "1")
        }
    }

    @Test func `while the first is still running, the second is told so`() async throws {
        try await RegistryHouse.run { house in
            let first = """
                insert into registry.idempotency (id, caller, route, key, digest, made_at)
                values (gen_random_uuid(), 'session \(RegistryHouse.ann)', 'POST /api/v1/applications', 'k', sha256(''), now())
                """
            try await house.database.holding(first) {
                let headers = ["Idempotency-Key": "k"]
                let answer = try await house.call(
                    "POST", Self.applications, RegistryHouse.draft("Sync"), headers: headers)
                #expect(answer.status == 409)
                #expect(try answer.json()["detail"]?.string?.contains("still running") == true)
            }
            #expect(try await house.head() == 0)
        }
    }

    @Test func `what is no key is refused`() async throws {
        try await RegistryHouse.run { house in
            let long = String(repeating: "k", count: 255)
            for key in ["", long + "k", String(repeating: "k", count: 20_000), "k\u{7F}", "schlüssel", "a\tb"] {
                let headers = ["Idempotency-Key": key]
                let refused = try await house.call(
                    "POST", Self.applications, RegistryHouse.draft("Sync"), headers: headers)
                #expect([400, 431].contains(refused.status), "\(key.prefix(20)): \(refused.status)")
            }
            let twice = ["Idempotency-Key": "k", "idempotency-key": "k"]
            #expect(
                try await house.call("POST", Self.applications, RegistryHouse.draft("Sync"), headers: twice).status
                    == 400)
            #expect(try await house.head() == 0)
            for key in [long, "\"quoted, and spaced\" ~!"] {
                let draft = RegistryHouse.draft("Sync \(key.count)")
                let headers = ["Idempotency-Key": key]
                let made = try await house.call("POST", Self.applications, draft, headers: headers)
                #expect(made.status == 201)
                #expect(
                    try await house.call("POST", Self.applications, draft, headers: headers).text == made.text)
            }
        }
    }

    @Test func `after a day the key is free again, and what was kept goes`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let path = RegistryHouse.path(id) + "/secret"
            let first = try await house.call("POST", path, headers: Self.key)
            func age(_ hours: Int) async throws {
                try await house.database.script(
                    """
                    update registry.idempotency set made_at = made_at - interval '\(hours) hours';
                    update registry.idempotency_answer set made_at = made_at - interval '\(hours) hours';
                    """)
            }
            try await age(23)
            let late = try await house.call("POST", path, headers: Self.key)
            #expect(try late.json()["client_secret"] == first.json()["client_secret"])
            try await age(1)
            let second = try await house.call("POST", path, ["revoke_tokens": false], headers: Self.key)
            #expect(second.status == 200)
            #expect(try second.json()["secret"]?["generation"] == 3)
            let again = try await house.call("POST", path, ["revoke_tokens": false], headers: Self.key)
            #expect(try again.json()["client_secret"] == second.json()["client_secret"])

            try await house.database.script(
                """
                insert into registry.idempotency (id, caller, route, key, digest, made_at)
                    select gen_random_uuid(), 'c', 'r', n::text, sha256(''), now() - interval '25 hours'
                    from generate_series(1, 1200) n;
                insert into registry.idempotency_answer (id, key_id, sealed, revision, made_at)
                    select id, 'k1', '', 1, made_at from registry.idempotency where caller = 'c';
                """)
            let other = try await TestService.start(
                registryProgram, as: "registry", on: house.database, ["PEPPERS": RegistryHouse.peppers])
            try await eventually("the ended are swept") { try await claims(house) == "1 1" }
            await other.stop()
            let kept = try await house.call("POST", path, ["revoke_tokens": false], headers: Self.key)
            #expect(try kept.json()["client_secret"] == second.json()["client_secret"])
        }
    }

    @Test func `a key that no longer seals still opens; without it nothing is done twice`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let path = RegistryHouse.path(id) + "/secret"
            let first = try await house.call("POST", path, headers: Self.key)
            let next = TestService.answerKeys.replacing("k1:C", with: "k2:D")
            #expect(next != TestService.answerKeys)
            for (keys, status) in [("\(next),\(TestService.answerKeys)", 200), (next, 409)] {
                let other = try await TestService.start(
                    registryProgram, as: "registry", on: house.database,
                    ["PEPPERS": RegistryHouse.peppers, "ANSWER_KEYS": keys])
                let again = try await other.call("POST", path, as: RegistryHouse.console, headers: Self.key)
                #expect(again.status == status)
                if status == 200 { #expect(try again.json()["client_secret"] == first.json()["client_secret"]) }
                await other.stop()
            }
            #expect(try await house.column("secret_generation", of: id) == "2")
            let wrong = ["", "k1", "k1:short", "\(TestService.answerKeys),\(TestService.answerKeys)"]
            for keys in wrong + [TestService.answerKeys + "AAAA"] {
                let refused = try house.program(["check-config"], ["ANSWER_KEYS": keys])
                #expect(refused.status == 1)
                #expect(refused.complaint.hasPrefix("registry: GATEHOUSE_ANSWER_KEYS: "))
                #expect(refused.complaint.split(separator: "\n").count == 1 && !refused.complaint.contains("short"))
            }
        }
    }

    /// R5: whoever lost the answer gets it from another replica.
    @Test func `a registry that is killed after its commit has not lost the secret`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            // It lives, and never applies: the answer waits for it.
            try await house.database.script(
                """
                insert into policy.replica (id, state, ttl_ms) values (gen_random_uuid(), 'active', 300000);
                create sequence policy.life;
                create or replace view policy.published_replicas as
                    select id, state, ttl_ms, nextval('policy.life') as renewals, applied_registry, applied_policy, applied_token
                    from policy.replica;
                grant usage on sequence policy.life to registry;
                """)
            let running = try house.launch(["serve"], [:])
            let log = try running.awaitLine(with: "\"serving\"")
            let port = try #require(try JSON(parsing: Array(log.utf8))["port"]?.integer)
            let path = RegistryHouse.path(id) + "/secret"
            let headers = try house.signed("POST", path).merging(Self.key) { $1 }
            let lost = Task { try await TestClient(port: UInt16(port)).send("POST", path, [], headers: headers) }
            try await eventually("it has committed") { try await house.head() == 2 }
            running.kill()
            await #expect(throws: (any Error).self) { try await lost.value }

            try await house.database.script("update policy.replica set applied_registry = 2")
            let again = try await house.call("POST", path, headers: Self.key)
            #expect(again.status == 200)
            #expect(try await house.isLive(again.json()["client_secret"]?.string ?? "", of: id))
            #expect(try again.json()["propagation"]?["revision"] == 2)
            let once = try await house.call("POST", path, headers: Self.key)
            #expect(try once.json()["client_secret"] == again.json()["client_secret"])
            #expect(try await house.column("row(secret_generation, revision)", of: id) == "(2,2)")
        }
    }

    @Test func `who asks again waits for the same revision`() async throws {
        try await RegistryHouse.run { house in
            try await house.database.script(
                """
                insert into policy.replica (id, state, ttl_ms) values (gen_random_uuid(), 'active', 200);
                create sequence policy.life;
                create or replace view policy.published_replicas as
                    select id, state, ttl_ms, nextval('policy.life') as renewals, applied_registry, applied_policy, applied_token
                    from policy.replica;
                grant usage on sequence policy.life to registry;
                """)
            let draft = RegistryHouse.draft("Sync")
            let first = try await house.call("POST", Self.applications, draft, headers: Self.key)
            #expect(first.status == 202)
            let again = try await house.call("POST", Self.applications, draft, headers: Self.key)
            #expect(again.status == 202)
            #expect(again.text == first.text)
            try await house.database.script("update policy.replica set applied_registry = 1")
            let last = try await house.call("POST", Self.applications, draft, headers: Self.key)
            #expect(last.status == 201)
            #expect(last["Gatehouse-Propagation"]?.hasPrefix("complete; revision=1; replicas=1; lapsed=0;") == true)
            #expect(last.text == first.text)
        }
    }
}
