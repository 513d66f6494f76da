import GatehouseJSON
import GatehousePlatform
import TestSupport
import Testing

/// Nobody gains by an application what they lack (A27).
@Suite struct AuthorityTests {
    /// What a caller lacks of an application that runs as Bob (READ_PROFILES, a.example.com) with the scope read:segments.
    private struct Row {
        let caller: Caller
        /// Nil: nothing.
        let lacking: JSON?
    }

    private static let rows = [
        Row(caller: RegistryHouse.console, lacking: nil),
        Row(caller: RegistryHouse.caller(domains: ["a.example.com", "b.example.com"]), lacking: nil),
        Row(
            caller: RegistryHouse.caller(permissions: ["MANAGE_APPLICATIONS"]),
            lacking: ["permissions": ["READ_PROFILES"]]),
        Row(caller: RegistryHouse.caller(domains: ["b.example.com"]), lacking: ["domains": ["a.example.com"]]),
        Row(caller: RegistryHouse.caller(scopes: ["read:segments", "write:applications"]), lacking: nil),
        Row(caller: RegistryHouse.caller(scopes: ["write:applications"]), lacking: ["scopes": ["read:segments"]]),
        Row(
            caller: RegistryHouse.caller(
                scopes: ["write:applications"], permissions: ["MANAGE_APPLICATIONS"], domains: []),
            lacking: ["permissions": ["READ_PROFILES"], "domains": ["a.example.com"], "scopes": ["read:segments"]]),
    ]

    @Test func `a write that yields a secret or widens takes a caller who lacks nothing of it`() async throws {
        try await RegistryHouse.run { house in
            for (number, row) in Self.rows.enumerated() {
                let id = try await house.id("Enabled \(number)", ["scopes": ["read:applications"]])
                let disabled = try await house.id("Disabled \(number)", ["enabled": false])
                let listed = try await house.id("Listed \(number)", ["ip_ranges": [["range": "192.0.2.0/24"]]])
                let other = try await house.id("Other's \(number)", ["run_as": .string(RegistryHouse.cid)])
                let wideners: [(String, String, JSON)] = [
                    ("POST", "/api/v1/applications", RegistryHouse.draft("New \(number)")),
                    ("PATCH", RegistryHouse.path(id), ["scopes": ["read:segments"]]),
                    ("PATCH", RegistryHouse.path(disabled), ["enabled": true]),
                    ("PATCH", RegistryHouse.path(disabled), ["redirect_uris": ["https://a.example/"]]),
                    ("PATCH", RegistryHouse.path(other), ["run_as": .string(RegistryHouse.bob)]),
                    ("POST", RegistryHouse.path(disabled) + "/secret", [:]),
                    ("PATCH", RegistryHouse.path(listed), ["ip_ranges": [["range": "192.0.2.0/23"]]]),
                    ("PATCH", RegistryHouse.path(listed), ["ip_ranges": []]),
                ]
                for (method, path, body) in wideners {
                    let before = try await house.head()
                    let answer = try await house.call(method, path, body, as: row.caller)
                    #expect((200..<300).contains(answer.status) == (row.lacking == nil), "\(number) \(method) \(path)")
                    guard let lacking = row.lacking else { continue }
                    #expect(answer.status == 403)
                    #expect(try answer.json()["type"] == "urn:gatehouse:problem:forbidden")
                    #expect(try answer.json()["lacking"] == lacking)
                    #expect(try await house.head() == before)
                }
            }
        }
    }

    @Test func `what narrows, renames or ends takes no more than the right to manage`() async throws {
        try await RegistryHouse.run { house in
            let lesser = RegistryHouse.caller(
                scopes: ["write:applications"], permissions: ["MANAGE_APPLICATIONS"], domains: [])
            let id = try await house.id(
                "Wide",
                [
                    "scopes": ["read:segments", "write:segments"],
                    "redirect_uris": ["https://a.example/", "https://b.example/"],
                ])
            let path = RegistryHouse.path(id)
            let patches: [JSON] = [
                ["name": "Less wide"], ["scopes": ["read:segments"]], ["redirect_uris": ["https://b.example/"]],
                ["ip_ranges": [["range": "192.0.2.0/24"], ["range": "2001:db8::/32"]]],
                ["ip_ranges": [["range": "192.0.2.128/25"], ["range": "192.0.2.0/25", "note": "the other half"]]],
                ["ip_ranges": [["range": "192.0.2.7"]]], ["enabled": false],
            ]
            for patch in patches {
                #expect(try await house.call("PATCH", path, patch, as: lesser).status == 200, "\(patch)")
            }
            #expect(try await house.call("POST", path + "/revoke-tokens", as: lesser).status == 200)
            #expect(try await house.call("DELETE", path, as: lesser).status == 204)
        }
    }

    @Test func `in the code flow each user bounds the application, so scopes alone are compared`() async throws {
        try await RegistryHouse.run { house in
            let body = RegistryHouse.draft(
                "Reports",
                [
                    "flow": "authorization_code", "redirect_uris": ["https://a.example/"],
                    "website_url": "https://a.example",
                ])
            let lesser = RegistryHouse.caller(permissions: ["MANAGE_APPLICATIONS"], domains: [])
            let bearer = RegistryHouse.caller(scopes: ["write:applications"], domains: [])
            #expect(try await house.call("POST", "/api/v1/applications", body, as: bearer).status == 403)
            let made = try await house.call("POST", "/api/v1/applications", body, as: lesser)
            #expect(made.status == 201)
            let path = RegistryHouse.path(try made.json()["client_id"]?.string ?? "")
            #expect(try await house.call("POST", path + "/secret", as: lesser).status == 200)
            #expect(try await house.call("POST", path + "/secret", as: bearer).status == 403)
        }
    }

    /// Else a leaked secret could not be made anew after the catalogue has lost a scope.
    @Test func `a scope that is gone asks nothing of whoever rotates`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id("Sync", ["scopes": ["read:segments", "write:segments"]]))
            let bearer = RegistryHouse.caller(scopes: ["write:applications", "read:segments"])
            #expect(try await house.call("POST", path + "/secret", as: bearer).status == 403)
            try await house.database.script("delete from policy.scope where name = 'write:segments'")
            #expect(try await house.call("POST", path + "/secret", as: bearer).status == 200)
        }
    }

    @Test func `another flow is a wider reach: it takes what the run-as user has, there and back`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id("Ann's", ["run_as": .string(RegistryHouse.ann)]))
            let lesser = RegistryHouse.caller(permissions: ["MANAGE_APPLICATIONS"], domains: [])
            let code: JSON = [
                "flow": "authorization_code", "redirect_uris": ["https://a.example/"],
                "website_url": "https://a.example",
            ]
            #expect(try await house.call("PATCH", path, code, as: lesser).status == 403)
            #expect(try await house.call("PATCH", path, code).status == 200)
            // Their secret now, but not their user.
            #expect(try await house.call("POST", path + "/secret", as: lesser).status == 200)
            #expect(try await house.call("PATCH", path, ["flow": "client_credentials"], as: lesser).status == 403)
            #expect(try await house.call("PATCH", path, ["flow": "client_credentials"]).status == 200)
        }
    }

    /// Else whoever may manage applications takes an administrator's over: puts it under themselves, and makes its secret anew.
    @Test func `who gives an application another user contains the old one, too`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id("Ann's", ["run_as": .string(RegistryHouse.ann)]))
            let before = try await house.head()
            let patch: JSON = ["run_as": .string(RegistryHouse.bob)]
            let rows = [
                Row(caller: RegistryHouse.caller(domains: ["a.example.com"]), lacking: ["domains": "all"]),
                Row(
                    caller: RegistryHouse.caller(permissions: ["READ_PROFILES"]),
                    lacking: ["permissions": ["MANAGE_APPLICATIONS"]]),
            ]
            for row in rows {
                let answer = try await house.call("PATCH", path, patch, as: row.caller)
                #expect(answer.status == 403)
                #expect(try answer.json()["lacking"] == row.lacking)
                let detail = try answer.json()["detail"]?.string ?? ""
                #expect(detail.hasPrefix("The application acts under a user who may do what you may not."))
            }
            #expect(try await house.head() == before)
            #expect(try await house.call("PATCH", path, patch).status == 200)
        }
    }

    /// None can be made (RunAsTests); should there be one nevertheless, nobody knows what its secret is worth.
    @Test func `of an application whose user is gone nothing widens until it has another`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id("Orphan", ["enabled": false]))
            try await house.database.script(
                "update policy.account set deleted = true, active = false where id = '\(RegistryHouse.bob)'")
            let before = try await house.head()
            for (method, end, body) in [
                ("POST", "/secret", [:]), ("PATCH", "", ["enabled": true]),
                ("PATCH", "", ["scopes": ["write:segments"]]),
            ] as [(String, String, JSON)] {
                let answer = try await house.call(method, path + end, body)
                #expect(answer.status == 409, "\(method) \(end) \(body)")
                #expect(
                    try answer.json()["detail"]
                        == "The user under whom the application acts no longer exists: give it another (run_as) first.")
            }
            #expect(try await house.head() == before)
            #expect(try await house.call("PATCH", path, ["name": "Renamed"]).status == 200)
            let repair: JSON = ["run_as": .string(RegistryHouse.ann), "enabled": true]
            #expect(try await house.call("PATCH", path, repair).status == 200)
            #expect(try await house.call("POST", path + "/secret", [:]).status == 200)
        }
    }

    @Test func `a caller who reaches some domains does not reach all`() async throws {
        try await RegistryHouse.run { house in
            let answer = try await house.call(
                "POST", "/api/v1/applications", RegistryHouse.draft("All", ["run_as": .string(RegistryHouse.ann)]),
                as: RegistryHouse.caller(domains: ["a.example.com"]))
            #expect(answer.status == 403)
            #expect(
                try answer.json()["detail"]
                    == "The application may do what you may not. You lack domains: all.")
        }
    }
}
