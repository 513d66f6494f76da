import GatehouseJSON
import TestSupport
import Testing

/// Each wrong value is named by its field.
@Suite struct ValidationTests {
    private struct Row {
        let members: JSON.Object
        let field: String
        let detail: String

        init(_ members: JSON.Object, _ field: String, _ detail: String) {
            self.members = members
            self.field = field
            self.detail = detail
        }
    }

    private static let hidden = "must not contain U+202E, which cannot be seen"
    private static let length = "must have 1 to 100 characters"

    /// Members that are wrong whenever they are stated.
    private static let rows: [Row] = [
        Row(["name": ""], "name", length), Row(["name": "   "], "name", length),
        Row(["name": .string(String(repeating: "é", count: 101))], "name", length),
        Row(["name": "a\u{202E}b"], "name", hidden), Row(["name": 5], "name", "must be a string"),
        Row(["name": "a\nb"], "name", "must not contain U+000A, which cannot be seen"),
        Row(["name": "a\u{0}b"], "name", "must not contain U+0000, which cannot be seen"),
        Row(["name": nil], "name", "must not be null"),
        Row(["description": "\u{202E}"], "description", hidden),
        Row(
            ["description": .string(String(repeating: "d", count: 501))], "description",
            "must have at most 500 characters"),
        Row(["flow": "implicit"], "flow", "must be one of authorization_code, client_credentials"),
        Row(["flow": nil], "flow", "must not be null"),
        Row(["scopes": []], "scopes", "must name at least one scope"),
        Row(["scopes": "read:segments"], "scopes", "must be a list"),
        Row(["scopes": ["read:segments", "read:nothing"]], "scopes[1]", "is not in the catalogue"),
        Row(["scopes": ["read:segments", "read:segments"]], "scopes[1]", "is listed twice"),
        Row(
            ["scopes": ["read: segments"]], "scopes[0]",
            "must be a scope: 1 to 100 visible ASCII characters without \" and \\"),
        Row(["scopes": [1]], "scopes[0]", "must be a string"),
        Row(["redirect_uris": "https://a.example/"], "redirect_uris", "must be a list"),
        Row(
            ["redirect_uris": ["http://a.example/"]], "redirect_uris[0]",
            "must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])"),
        Row(
            ["redirect_uris": ["https://a.example/", "https://a.example/#"]], "redirect_uris[1]",
            "must have no fragment, not even an empty one"),
        Row(["redirect_uris": ["https://a.example/", "https://a.example/"]], "redirect_uris[1]", "is listed twice"),
        Row(
            ["redirect_uris": .array((0...50).map { "https://a.example/\($0)" })], "redirect_uris",
            "must have at most 50 elements"),
        Row(["website_url": "javascript:alert(1)"], "website_url", "must begin with https:// or http://"),
        Row(["website_url": ["https://a.example"]], "website_url", "must be a string"),
        Row(
            ["ip_ranges": [["range": "010.0.0.1"]]], "ip_ranges[0].range", "has leading zeros, which some read as octal"
        ),
        Row(
            ["ip_ranges": [["range": "10.0.0.1/8"]]], "ip_ranges[0].range",
            "is a host inside its network; the network is 10.0.0.0/8"),
        Row(
            ["ip_ranges": [["range": "192.0.2.9-192.0.2.1"]]], "ip_ranges[0].range",
            "is reversed: 192.0.2.1 comes before 192.0.2.9"),
        Row(
            ["ip_ranges": [["range": "192.0.2.1", "note": "a\tb"]]], "ip_ranges[0].note",
            "must not contain U+0009, which cannot be seen"),
        Row(["ip_ranges": [["note": "office"]]], "ip_ranges[0].range", "is required"),
        Row(["ip_ranges": ["192.0.2.1"]], "ip_ranges[0]", "must be an object"),
        Row(
            ["ip_ranges": [["range": "192.0.2.1"], ["range": "::ffff:192.0.2.1", "note": "n"]]], "ip_ranges[1].range",
            "is listed twice"),
        Row(["run_as": "nobody"], "run_as", "must be the id of a user"),
        Row(["run_as": "0190b5a0-0000-7000-8000-00000000000f"], "run_as", "must be the id of a user"),
        Row(["run_as": "00000000-0000-0000-0000-000000000000"], "run_as", "must be the id of a user"),
        Row(["run_as": "system"], "run_as", "must not be the system user"),
        Row(["run_as": .string(RegistryHouse.ida)], "run_as", "must be an active user"),
        Row(["run_as": nil], "run_as", "is required for client credentials: under whom the application acts"),
        Row(["enabled": "yes"], "enabled", "must be true or false"),
        Row(["enabled": nil], "enabled", "must not be null"),
    ]

    @Test func `what is wrong with a member is told at its name, in a body that makes and in a patch`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            for row in Self.rows {
                let answers = [
                    try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("Other", row.members)),
                    try await house.call("PATCH", path, .object(row.members)),
                ]
                for answer in answers {
                    #expect(
                        try answer.json() == [
                            "type": "urn:gatehouse:problem:validation", "title": "Some fields are not valid",
                            "status": 422, "detail": .string("\(row.field) \(row.detail)"),
                            "errors": [["field": .string(row.field), "detail": .string(row.detail)]],
                        ], "\(JSON.object(row.members).text.prefix(100))")
                    #expect(answer.status == 422)
                    #expect(answer["Content-Type"] == "application/problem+json")
                }
            }
            #expect(try await house.head() == 1)
        }
    }

    @Test func `all that is wrong is told at once`() async throws {
        try await RegistryHouse.run { house in
            let answer = try await house.call(
                "POST", "/api/v1/applications",
                [
                    "name": "", "flow": "authorization_code", "scopes": ["read:nothing"],
                    "ip_ranges": [["range": "x"], ["range": "y"]], "enabled": 1,
                ])
            let fields = try answer.json()["errors"]?.array?.compactMap { $0["field"]?.string }
            #expect(
                fields.map(Set.init) == [
                    "name", "scopes[0]", "ip_ranges[0].range", "ip_ranges[1].range", "enabled", "redirect_uris",
                    "website_url",
                ])
            #expect(fields?.count == 7)

            let nothing = try await house.call("POST", "/api/v1/applications", [:])
            #expect(
                try nothing.json()["errors"] == [
                    ["field": "name", "detail": "is required"], ["field": "flow", "detail": "is required"],
                    ["field": "scopes", "detail": "is required"],
                ])
        }
    }

    @Test func `the other flow has its own requirements, and what it hides is kept`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let path = RegistryHouse.path(id)
            #expect(try await house.call("PATCH", path, ["flow": "client_credentials"]).status == 200)
            #expect(try await house.column("min_epoch", of: id) == "1")
            let lacking = try await house.call("PATCH", path, ["flow": "authorization_code"])
            #expect(lacking.status == 422)
            #expect(
                try lacking.json()["errors"]?.array?.compactMap { $0["field"] } == ["redirect_uris", "website_url"])

            let code: JSON = [
                "flow": "authorization_code", "redirect_uris": ["https://a.example/"],
                "website_url": "https://a.example",
            ]
            let changed = try await house.call("PATCH", path, code)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try changed.json()["run_as"]?.string == RegistryHouse.bob)
            #expect(try await house.column("row(epoch, min_epoch)", of: id) == "(2,2)")
            let fact = try #require(try await house.told().last)
            let fields = fact["data"]?["changes"]?.array?.compactMap { $0["field"]?.string }
            #expect(fields == ["flow", "redirect_uris", "website_url", "tokens"])

            // Back: the user who was kept counts again, if there is one still.
            try await house.database.script(
                "update policy.account set active = false where id = '\(RegistryHouse.bob)'")
            let inactive = try await house.call("PATCH", path, ["flow": "client_credentials"])
            #expect(inactive.status == 422)
            #expect(try inactive.json()["errors"]?.array?.compactMap { $0["field"] } == ["run_as"])
            let back = try await house.call(
                "PATCH", path, ["flow": "client_credentials", "run_as": .string(RegistryHouse.ann)])
            #expect(back.status == 200, "\(back.text)")
            #expect(try back.json()["redirect_uris"] == ["https://a.example/"])
            #expect(try await house.column("row(epoch, min_epoch)", of: id) == "(3,3)")
        }
    }

    /// The catalogue may be replaced, and a user deactivated: what the application has of them stays until it is changed.
    @Test func `what has become wrong meanwhile does not stand in the way of another change`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            try await house.database.script(
                "delete from policy.scope where name = 'read:segments'; update policy.account set active = false where name = 'Bob'"
            )
            let patched = try await house.call(
                "PATCH", path, ["description": "d", "scopes": ["read:segments", "write:segments"]])
            #expect(patched.status == 200)
            #expect(try await house.call("POST", path + "/secret", [:]).status == 200)
        }
    }
}
