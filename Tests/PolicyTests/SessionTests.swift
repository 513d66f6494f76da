import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `A browser's session` {
    private static let id = SessionID()

    /// Bea manages everything, Ann nothing of ours; both are signed in.
    private func run(_ settings: [String: String] = [:], _ body: (PolicyHouse) async throws -> Void) async throws {
        try await PolicyHouse.run(settings) { house in
            try await begin(house, Self.id, of: PolicyHouse.bea)
            try await body(house)
        }
    }

    private func begin(_ house: PolicyHouse, _ id: SessionID, of user: String) async throws {
        let digest = id.digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try await house.sql(
            """
            insert into token.password (user_id, hash, changed_at, changed_by) values ('\(user)', '', now(), '\(user)');
            insert into token.session values
                (decode('\(digest)', 'hex'), '\(user)', 1, 1, now(), now() + interval '1 h', now() + interval '1 h');
            """)
    }

    private func ask(
        _ house: PolicyHouse, _ method: String = "GET", _ target: String = "/api/v1/users", _ id: SessionID = Self.id,
        headers: [String: String] = ["Sec-Fetch-Site": "same-origin"]
    ) async throws -> TestAnswer {
        let cookie = ["Cookie": "a=b; gatehouse-session=\(id.text)"]
        return try await house.ask(method, target, headers: cookie.merging(headers) { $1 })
    }

    @Test func `speaks for its user alone`() async throws {
        try await run { house in
            let answer = try await ask(house, "GET", "/api/v1/users?limit=5")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["X-Gatehouse-User"] == PolicyHouse.bea)
            for header in ["X-Gatehouse-Application", "X-Gatehouse-Scopes"] {
                #expect(answer[header]?.allSatisfy { $0 == " " } == true)
            }
            let assertion = try Assertion(secret: TestService.assertionKey)
            let caller = try #require(
                assertion.caller(answer["X-Gatehouse-Assertion"], method: "GET", path: "/api/v1/users", at: .now()))
            #expect(caller.user.name == "Bea" && caller.application == nil && caller.scopes.isEmpty)
            #expect(caller.permissions.contains(try Permission("MANAGE_USERS")) && caller.domains == .all)
        }
    }

    @Test func `is of the least account beside a token`() async throws {
        try await run { house in
            let cookie = ["Cookie": "gatehouse-session=\(Self.id.text)"]
            let wrong = try await house.ask("GET", "/api/v1/users", "nonsense", headers: cookie)
            #expect(wrong.status == 401 && wrong["X-Gatehouse-Reason"] == "token_malformed")
            let anns = try await house.ask("GET", "/rest/v2/segments", house.token(), headers: cookie)
            #expect(anns["X-Gatehouse-User"] == PolicyHouse.ann)
        }
    }

    @Test func `opens what its user's permissions open`() async throws {
        try await run { house in
            let anns = SessionID()
            try await begin(house, anns, of: PolicyHouse.ann)
            let denied = try await ask(house, "GET", "/api/v1/users", anns)
            #expect(denied.status == 403 && denied["X-Gatehouse-Reason"] == "permission_denied")
            let unknown = try await ask(house, "GET", "/api/v1/nothing")
            #expect(unknown["X-Gatehouse-Reason"] == "route_unknown")
            for target in ["/rest/v2/segments", "/rest/v2/users"] {
                let answer = try await ask(house, "GET", target)
                #expect(answer.status == 401 && answer["X-Gatehouse-Reason"] == "token_missing")
            }
        }
    }

    @Test(
        arguments: [
            (["Sec-Fetch-Site": "same-origin"], 200), (["Origin": "http://127.0.0.1:8080"], 200),
            (["Sec-Fetch-Site": "same-origin", "Origin": "null"], 200), ([:], 403), (["Origin": "null"], 403),
            (["Origin": "https://evil.example"], 403), (["Sec-Fetch-Site": "cross-site"], 403),
            (["Sec-Fetch-Site": "same-site"], 403), (["Sec-Fetch-Site": "none"], 403),
            (["Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"], 403),
            (["Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8080"], 403),
        ] as [([String: String], Int)])
    func `changes nothing for another site`(headers: [String: String], status: Int) async throws {
        try await run { house in
            for method in ["PATCH", "DELETE"] {
                let answer = try await ask(house, method, "/api/v1/users/\(PolicyHouse.ann)", headers: headers)
                #expect(answer.status == status)
                #expect(answer["X-Gatehouse-Reason"] == (status == 200 ? nil : "cross_site"))
            }
            #expect(try await ask(house, "GET", "/api/v1/users", headers: headers).status == 200)
            // A token is shown by nobody unawares.
            let token = try await house.ask(
                "PATCH", "/api/v1/users/\(PolicyHouse.ann)", house.adminToken(), headers: headers)
            #expect(token.status == 200)
        }
    }

    @Test(arguments: [
        ("delete from token.session", "token_missing"), ("update token.password set epoch = 2", "token_missing"),
        ("update token.session set expires_at = now()", "token_expired"),
        ("update token.session set idle_until = now()", "token_expired"),
    ])
    func `is read anew by each decision`(harm: String, reason: String) async throws {
        try await run { house in
            #expect(try await ask(house).status == 200)
            try await house.sql(harm)
            let answer = try await ask(house)
            #expect(answer.status == 401 && answer["X-Gatehouse-Reason"] == reason)
        }
    }

    @Test func `ends with its user's deactivation, as tokens do`() async throws {
        try await run { house in
            try await house.change(
                "policy",
                """
                update policy.account set active = false, epoch = 2, min_epoch = 2,
                    revision = (select revision from policy.head) where name = 'Bea'
                """)
            try await eventually("the replica has seen it") {
                try await ask(house)["X-Gatehouse-Reason"] == "token_revoked"
            }
            // Active again, the session of before stays dead.
            try await house.change(
                "policy",
                "update policy.account set active = true, revision = (select revision from policy.head) where name = 'Bea'"
            )
            try await eventually("the replica has seen that, too") {
                try await house.ask("GET", "/rest/v2/segments", house.token())["X-Gatehouse-Revision"] == "r1.p3.t1"
            }
            #expect(try await ask(house)["X-Gatehouse-Reason"] == "token_revoked")
        }
    }

    @Test func `meets the general list`() async throws {
        try await run(["TRUSTED_PROXIES": "127.0.0.1/32"]) { house in
            let bound = "decode('00000000000000000000ffffcb007109', 'hex')"
            try await house.change(
                "policy",
                """
                insert into policy.network_range values (\(bound), \(bound), 2);
                update policy.network_list set revision = 2
                """)
            try await eventually("the replica has seen it") {
                try await ask(house, headers: ["X-Forwarded-For": "203.0.113.10"])["X-Gatehouse-Reason"]
                    == "ip_denied_general"
            }
            #expect(try await ask(house, headers: ["X-Forwarded-For": "203.0.113.9"]).status == 200)
        }
    }

    @Test(arguments: ["", "x", String(repeating: "A", count: 43), String(repeating: "A", count: 44)])
    func `that is none is as good as nothing`(text: String) async throws {
        try await run { house in
            let answer = try await house.ask(
                "GET", "/api/v1/users",
                headers: ["Cookie": "gatehouse-session=\(text)", "Sec-Fetch-Site": "same-origin"])
            #expect(answer.status == 401 && answer["X-Gatehouse-Reason"] == "token_missing")
        }
    }

    @Test func `that cannot be read is decided by nobody`() async throws {
        try await run { house in
            try await house.sql("revoke select on token.published_sessions from policy")
            let answer = try await ask(house)
            #expect(answer.status == 503 && answer["X-Gatehouse-Reason"] == "state_stale")
            #expect(try await house.ask("GET", "/rest/v2/segments", house.token()).status == 200)
            try await house.sql("grant select on token.published_sessions to policy")
            #expect(try await ask(house).status == 200)
        }
    }
}
