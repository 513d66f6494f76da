import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `The door of nginx` {
    @Test func `answers an allowed request with every header there is`() async throws {
        try await PolicyHouse.run { house in
            let answer = try await house.ask("GET", "/rest/v2/segments?limit=5", house.token())
            #expect(answer.status == 200)
            #expect(answer["X-Gatehouse-User"] == PolicyHouse.ann)
            #expect(answer["X-Gatehouse-Application"] == PolicyHouse.sync)
            #expect(answer["X-Gatehouse-Scopes"] == "read:segments write:segments")
            #expect(answer["X-Gatehouse-Permissions"] == "MANAGE_SEGMENTS")
            #expect(answer["X-Gatehouse-Domains"] == "shop.example.com")
            let id = try #require(answer["X-Gatehouse-Decision-Id"])
            #expect(try ID<Event>(id).version == 7)
            #expect(answer["X-Gatehouse-Revision"] == "r1.p1.t1")
            let age = try #require(answer["X-Gatehouse-State-Age-Ms"])
            #expect(Int(age).map { (0..<4500).contains($0) } == true)
            let assertion = try #require(answer["X-Gatehouse-Assertion"])
            #expect(assertion.allSatisfy { $0 == " " })
        }
    }

    @Test func `vouches for the caller on our own routes`() async throws {
        try await PolicyHouse.run { house in
            let answer = try await house.ask("HEAD", "/api/v1/users?limit=5", house.adminToken())
            #expect(answer.status == 200)
            let assertion = try Assertion(secret: TestService.assertionKey)
            let caller = try #require(
                assertion.caller(answer["X-Gatehouse-Assertion"], method: "GET", path: "/api/v1/users", at: .now()))
            #expect(caller.user.name == "Bea" && caller.application?.name == "Console" && caller.domains == .all)
            #expect(caller.decision == answer["X-Gatehouse-Decision-Id"])
            #expect(caller.permissions.map(\.text).contains("MANAGE_USERS"))
            #expect(caller.scopes.map(\.text).contains("read:access"))
            #expect(caller.ip?.text == "127.0.0.1")
        }
    }

    @Test(
        arguments: [
            ("GET", "/rest/v2/segments", nil, 401, "token_missing", "Bearer resource_metadata="),
            (
                "GET", "/rest/v2/users", "", 403, "insufficient_scope",
                "Bearer error=\"insufficient_scope\", scope=\"read:users\""
            ),
            ("GET", "/rest/v2/unknown", "", 403, "route_unknown", nil),
            ("OPTIONS", "/rest/v2/segments", "", 403, "route_unknown", nil),
            ("get", "/rest/v2/segments", "", 403, "route_unknown", nil),
            ("PUT", "/rest/v2/segments/7", "", 403, "domain_denied", nil),
        ] as [(String, String, String?, Int, String, String?)])
    func `says why it refuses`(
        method: String, target: String, token: String?, status: Int, reason: String, challenge: String?
    ) async throws {
        try await PolicyHouse.run { house in
            let answer = try await house.ask(method, target, token == nil ? nil : house.token())
            #expect(answer.status == status && answer["X-Gatehouse-Reason"] == reason)
            #expect(answer["Content-Type"] == "application/problem+json")
            let problem = try answer.json()
            #expect(problem["reason"] == .string(reason) && problem["status"] == .integer(Int64(status)))
            #expect(problem["decision_id"]?.string == answer["X-Gatehouse-Decision-Id"])
            #expect(answer["X-Gatehouse-Problem"] == answer.text)
            if let challenge {
                let sent = try #require(answer["WWW-Authenticate"])
                #expect(sent.hasPrefix(challenge))
                #expect(sent.contains("\(PolicyHouse.origin)/.well-known/oauth-protected-resource"))
            } else {
                #expect(answer["WWW-Authenticate"] == nil)
            }
        }
    }

    @Test func `opens by the right key only`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token()
            for key in ["", "x", PolicyHouse.doorKey + "x", String(PolicyHouse.doorKey.dropLast()) + "X"] {
                let answer = try await house.ask(
                    "GET", "/rest/v2/segments", token, headers: ["X-Gatehouse-Door-Key": key])
                #expect(answer.status == 401 && answer["X-Gatehouse-User"] == nil)
            }
            #expect(try await house.service.internalClient.send("GET", "/forward-auth").status == 401)
            #expect(try await house.service.client.send("GET", "/forward-auth").status == 404)
        }
    }

    @Test func `lets a body pass by, whatever its type and size`() async throws {
        try await PolicyHouse.run { house in
            let headers = [
                "X-Gatehouse-Door-Key": PolicyHouse.doorKey, "X-Original-URI": "/rest/v2/segments",
                "X-Original-Method": "GET",
            ]
            for (token, status) in [(try house.token(), 200), ("x", 401)] {
                for size in [1, 2 << 20, 7 << 20] {
                    let answer = try await house.service.internalClient.send(
                        "POST", "/forward-auth", [UInt8](repeating: 0xff, count: size),
                        headers: headers.merging(["Authorization": "Bearer \(token)"]) { _, given in given })
                    #expect(answer.status == status, "\(size)")
                }
            }
        }
    }

    @Test func `hears nobody's headers but its own`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token()
            let hostile = [
                "X-Gatehouse-User": PolicyHouse.bea, "X-Gatehouse-Domains": "*", "X-Gatehouse-Assertion": "x",
                "X-Forwarded-Uri": "/rest/v2/users", "X-Forwarded-Method": "DELETE", "X-Forwarded-For": "203.0.113.9",
                "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9", "X-Original-URL": "/rest/v2/users",
                "X-HTTP-Method-Override": "DELETE",
            ]
            let answer = try await house.ask("GET", "/rest/v2/segments", token, headers: hostile)
            #expect(answer.status == 200 && answer["X-Gatehouse-User"] == PolicyHouse.ann)
            #expect(answer["X-Gatehouse-Domains"] == "shop.example.com")
        }
    }

    @Test(arguments: [
        ("203.0.113.9", 200, ""), ("198.51.100.1, 203.0.113.9", 200, ""),
        ("203.0.113.9, 198.51.100.1", 403, "ip_denied_general"),
        ("203.0.113.9, 127.0.0.1", 200, ""), ("203.0.113.9, unknown", 403, "ip_unresolved"), ("", 403, "ip_unresolved"),
        ("203.0.113.9,", 403, "ip_unresolved"), ("203.0.113.009", 403, "ip_unresolved"),
        ("::ffff:203.0.113.9", 200, ""),
        ("[203.0.113.9]:80", 403, "ip_unresolved"),
    ])
    func `takes a client's address from a trusted proxy alone`(forwarded: String, status: Int, reason: String)
        async throws
    {
        try await PolicyHouse.run(["TRUSTED_PROXIES": "127.0.0.1/32"]) { house in
            let bounds = "decode('00000000000000000000ffffcb007109', 'hex')"
            try await house.change(
                "policy",
                """
                insert into policy.network_range values (\(bounds), \(bounds), 2);
                update policy.network_list set revision = 2;
                """)
            #expect(await house.barrier(.policy, Revision(2)).state == .complete)
            let answer = try await house.ask(
                "GET", "/rest/v2/segments", house.token(), headers: ["X-Forwarded-For": forwarded])
            #expect(answer.status == status && answer["X-Gatehouse-Reason"] ?? "" == reason)
        }
    }

    @Test func `takes what is stated twice for nothing`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token()
            let own = "X-Gatehouse-Door-Key: \(PolicyHouse.doorKey)\r\n"
            let uri = "X-Original-URI: /rest/v2/segments\r\n"
            let method = "X-Original-Method: GET\r\n"
            let bearer = "Authorization: Bearer \(token)\r\n"
            let table =
                [
                    (own + uri + method + bearer, 200, nil), (own + own + uri + method + bearer, 401, nil),
                    (own + uri + uri + method + bearer, 403, "route_unknown"),
                    (own + method + bearer, 403, "route_unknown"),
                    (own + uri + method + method + bearer, 403, "route_unknown"),
                    (own + uri + bearer, 403, "route_unknown"),
                    (own + uri + method + bearer + bearer, 401, "token_malformed"),
                    (own + uri + method + "AUTHORIZATION: bEaReR \(token)\r\n", 200, nil),
                    (own + uri + method + "Authorization: Basic \(token)\r\n", 401, "token_malformed"),
                    (own + uri + method + "Authorization: Bearer\r\n", 401, "token_malformed"),
                    (own + uri + method + "Authorization: Bearer \(token) x\r\n", 401, "token_malformed"),
                    (
                        own + uri + method + "Authorization: Bearer \(token), Bearer \(token)\r\n", 401,
                        "token_malformed"
                    ),
                ] as [(String, Int, String?)]
            let port = house.service.internalPort
            let core = Core()
            defer { core.stop() }
            try await core.run { core in
                for (headers, status, reason) in table {
                    let client = try RawClient(port, core.events)
                    try await client.send("GET /forward-auth HTTP/1.1\r\nHost: policy\r\n\(headers)\r\n")
                    let answer = try await client.receive()
                    #expect(answer.status == status && answer["X-Gatehouse-Reason"] == reason, "\(headers)")
                    client.close()
                }
            }
        }
    }
}
