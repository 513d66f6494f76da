import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct ApplicationTests {
    @Test func `an application is made, shown, changed and deleted`() async throws {
        try await RegistryHouse.run { house in
            let body: JSON = [
                "name": "  Shop sync ", "description": "Copies orders", "flow": "client_credentials",
                "scopes": ["write:segments", "read:segments"],
                "ip_ranges": [
                    ["range": "203.0.113.0-203.0.113.255", "note": "office"], ["range": "::ffff:192.0.2.1"],
                ],
                "run_as": .string(RegistryHouse.bob),
            ]
            let made = try await house.call("POST", "/api/v1/applications", body)
            let shown = try #require(try made.json().object)
            let id = try #require(shown["client_id"]?.string)
            let secret = try #require(shown["client_secret"]?.string)
            let time = try #require(shown["created_at"])
            var expected: JSON.Object = [
                "client_id": .string(id), "name": "Shop sync", "description": "Copies orders", "defined_by": "user",
                "flow": "client_credentials", "redirect_uris": [], "website_url": nil, "logo": nil,
                "scopes": ["write:segments", "read:segments"],
                "ip_ranges": [
                    ["range": "203.0.113.0/24", "note": "office"], ["range": "192.0.2.1", "note": ""],
                ],
                "run_as": .string(RegistryHouse.bob), "enabled": true, "jwks": nil,
                "secret": [
                    "hint": .string("…" + secret.suffix(4)), "generation": 1, "created_at": time,
                    "created_by": .string(RegistryHouse.ann), "last_used_at": nil,
                ],
                "attention": [], "revision": 1, "created_at": time, "created_by": .string(RegistryHouse.ann),
                "updated_at": time, "updated_by": .string(RegistryHouse.ann), "client_secret": .string(secret),
            ]
            #expect(made.status == 201)
            #expect(shown == expected)
            #expect(made["ETag"] == "\"1\"")
            #expect(made["Location"] == RegistryHouse.path(id))
            #expect(made["Cache-Control"] == "no-store")
            #expect(
                made["Gatehouse-Propagation"]?.hasPrefix("complete; revision=1; replicas=0; lapsed=0; ms=")
                    == true)
            #expect(ClientSecret(secret) != nil)
            #expect(try await house.isLive(secret, of: id))

            expected["client_secret"] = nil
            let got = try await house.call("GET", RegistryHouse.path(id))
            #expect(got.status == 200)
            #expect(try got.json().object == expected)
            #expect(got["ETag"] == "\"1\"")
            let list = try await house.call("GET", "/api/v1/applications")
            #expect(try list.json() == ["items": [.object(expected)], "next_cursor": nil])

            let patched = try await house.call(
                "PATCH", RegistryHouse.path(id),
                [
                    "name": "Shop", "description": "", "ip_ranges": [["range": "2001:db8::/32"]],
                    "scopes": ["read:segments"],
                ],
                headers: ["If-Match": "\"1\"", "Content-Type": "application/merge-patch+json"])
            expected["name"] = "Shop"
            expected["description"] = ""
            expected["ip_ranges"] = [["range": "2001:db8::/32", "note": ""]]
            expected["scopes"] = ["read:segments"]
            expected["revision"] = 2
            expected["updated_at"] = try patched.json()["updated_at"]
            #expect(patched.status == 200)
            #expect(try patched.json().object == expected)
            #expect(patched["ETag"] == "\"2\"")
            #expect(try await house.database.text("select count(*) from registry.application_range") == "1")

            let deleted = try await house.call("DELETE", RegistryHouse.path(id))
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(deleted["Gatehouse-Propagation"]?.hasPrefix("complete; revision=3;") == true)
            for method in ["GET", "DELETE"] {
                #expect(try await house.call(method, RegistryHouse.path(id)).status == 404)
            }
            #expect(
                try await house.database.text(
                    "select row(deleted, revision, epoch, min_epoch) from registry.published_applications")
                    == "(t,3,2,2)")
            #expect(try await house.database.text("select count(*) from registry.published_credentials") == "0")
            #expect(try await house.database.text("select count(*) from registry.published_ranges") == "0")
            #expect(try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("SHOP")).status == 201)
        }
    }

    @Test func `an application of the code flow keeps its redirect URLs byte by byte`() async throws {
        try await RegistryHouse.run { house in
            let made = try await house.made(
                "Reports",
                [
                    "flow": "authorization_code", "run_as": nil, "website_url": "https://reports.example.com",
                    "redirect_uris": ["https://reports.example.com/cb?a=%7E", "http://127.0.0.1:7000/"],
                ])
            #expect(made["redirect_uris"] == ["https://reports.example.com/cb?a=%7E", "http://127.0.0.1:7000/"])
            #expect(made["website_url"] == "https://reports.example.com")
            #expect(made["run_as"] == .null)
            #expect(
                try await house.database.text("select row(flow, run_as, scopes) from registry.published_applications")
                    == "(authorization_code,,{read:segments})")
            let path = RegistryHouse.path(made["client_id"]?.string ?? "")
            for (patch, field) in [(["redirect_uris": []], "redirect_uris"), (["website_url": nil], "website_url")]
                as [(JSON, JSON)]
            {
                let refused = try await house.call("PATCH", path, patch)
                #expect(refused.status == 422)
                #expect(try refused.json()["errors"]?[0]?["field"] == field)
            }
        }
    }

    @Test func `a patch that changes nothing bumps nothing, and tells nothing`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let shown = try await house.call("GET", RegistryHouse.path(id))
            for patch in [[:], ["name": " Shop sync"], ["enabled": true, "scopes": ["read:segments"]]] as [JSON] {
                let patched = try await house.call("PATCH", RegistryHouse.path(id), patch)
                #expect(patched.status == 200)
                #expect(patched.text == shown.text)
                #expect(patched["Gatehouse-Propagation"]?.hasPrefix("complete; revision=1;") == true)
            }
            #expect(try await house.head() == 1)
            #expect(try await house.told().count == 1)
        }
    }

    @Test func `a stale If-Match changes nothing`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let path = RegistryHouse.path(id)
            #expect(try await house.call("PATCH", path, ["description": "new"]).status == 200)
            for tag in [
                "\"1\"", "\"999\"", "W/\"2\"", "\"elsewhere\"", "\"+2\"", "\"02\"", "\"foo,bar\"", "\"2,2\"", "\"\"",
                "\"1\" , \"3\",",
            ] {
                for (method, end, body) in [
                    ("PATCH", "", ["description": "newer"]), ("DELETE", "", nil), ("POST", "/secret", [:]),
                    ("POST", "/revoke-tokens", [:]),
                ] as [(String, String, JSON?)] {
                    let answer = try await house.call(method, path + end, body, headers: ["If-Match": tag])
                    #expect(answer.status == 412, "\(method) \(end) \(tag)")
                    #expect(try answer.json()["type"] == "urn:gatehouse:problem:precondition-failed")
                }
            }
            for tag in ["2", "\"2", "2\"", "\"2\" \"2\"", "\"a\"b", "w/\"2\"", "*, \"2\"", "\"a b\""] {
                #expect(try await house.call("DELETE", path, headers: ["If-Match": tag]).status == 400, "\(tag)")
            }
            #expect(try await house.head() == 2)
            #expect(
                try await house.call("PATCH", path, ["description": "newest"], headers: ["If-Match": "*"]).status == 200
            )
            #expect(
                try await house.call("PATCH", path, ["description": "last"], headers: ["If-Match": "\"1\", \"3\""])
                    .status == 200)
        }
    }

    @Test func `who states no revision waits for those before`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await house.call("PATCH", path, ["description": .string("\(number)")]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 20, "\(statuses)")
        }
    }

    @Test func `of a hundred that want one name, one gets it`() async throws {
        try await RegistryHouse.run { house in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    let name = number % 2 == 0 ? "Straße" : "STRASSE "
                    group.addTask {
                        try await house.call("POST", "/api/v1/applications", RegistryHouse.draft(name)).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [201: 1, 409: 99])
            #expect(try await house.told().count == 1)
            let refused = try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("strasse"))
            #expect(
                try refused.json() == [
                    "type": "urn:gatehouse:problem:conflict", "title": "The request conflicts with what is there",
                    "status": 409, "detail": "Another application has this name.",
                    "errors": [["field": "name", "detail": "is taken"]],
                ])
            let other = try await house.id("Other")
            #expect(try await house.call("PATCH", RegistryHouse.path(other), ["name": "STRASSE"]).status == 409)
        }
    }

    @Test func `concurrent patches of different fields are all kept`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let patches: [JSON] = [
                ["description": "d"], ["enabled": false], ["scopes": ["read:applications"]],
                ["ip_ranges": [["range": "192.0.2.0/24"]]],
            ]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for patch in patches {
                    group.addTask { try await house.call("PATCH", RegistryHouse.path(id), patch).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            let shown = try await house.call("GET", RegistryHouse.path(id)).json()
            #expect(shown["description"] == "d")
            #expect(shown["enabled"] == false)
            #expect(shown["scopes"] == ["read:applications"])
            #expect(shown["ip_ranges"] == [["range": "192.0.2.0/24", "note": ""]])
            #expect(try await house.told().count == 5)
        }
    }

    @Test func `an internal application is on the list, and read-only`() async throws {
        try await RegistryHouse.run { house in
            let id = String(repeating: "i", count: 32)
            let zero = "00000000-0000-0000-0000-000000000000"
            try await house.database.script(
                """
                insert into registry.application (client_id, name, name_key, description, defined_by, component_kind, component_name,
                    flow, redirect_uris, scopes, ip_ranges, run_as, enabled, secret_hmac, pepper_id, secret_hint,
                    secret_created_at, secret_created_by, revision, created_at, created_by, updated_at, updated_by)
                values ('\(id)', 'Notebook: Lead scoring', 'notebook: lead scoring', '', 'internal', 'notebook', 'Lead scoring',
                    'client_credentials', '{}', '{}', '[]', '\(zero)', true, sha256('x'), 'p1', '…abcd',
                    'epoch', '\(zero)', 0, 'epoch', '\(zero)', 'epoch', '\(zero)')
                """)
            let shown = try await house.call("GET", RegistryHouse.path(id))
            let epoch: JSON = "1970-01-01T00:00:00.000000Z"
            #expect(
                try shown.json() == [
                    "client_id": .string(id), "name": "Notebook: Lead scoring", "description": "",
                    "defined_by": "internal", "component": ["kind": "notebook", "name": "Lead scoring"],
                    "flow": "client_credentials", "redirect_uris": [], "website_url": nil, "logo": nil, "scopes": [],
                    "ip_ranges": [], "run_as": "system", "enabled": true, "jwks": nil,
                    "secret": [
                        "hint": "…abcd", "generation": 1, "created_at": epoch, "created_by": "system",
                        "last_used_at": nil,
                    ],
                    "attention": ["kind_unknown"], "revision": 0, "created_at": epoch, "created_by": "system",
                    "updated_at": epoch, "updated_by": "system",
                ])
            for (method, end, body) in [
                ("PATCH", "", ["name": "Mine"]), ("DELETE", "", nil), ("POST", "/secret", [:]),
                ("POST", "/revoke-tokens", [:]),
            ] as [(String, String, JSON?)] {
                let refused = try await house.call(method, RegistryHouse.path(id) + end, body)
                #expect(refused.status == 403, "\(method) \(end)")
            }
            #expect(try await house.head() == 0)
            // Nor could the service's role, whatever the code said.
            await #expect(throws: (any Error).self) {
                try await house.database.script(
                    "set role registry; update registry.application set enabled = false where client_id = '\(id)'")
            }
        }
    }
}
