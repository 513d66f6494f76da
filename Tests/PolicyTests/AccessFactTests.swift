import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// What others are told of a change: each once, and nothing of what was refused.
@Suite struct AccessFactTests {
    @Test func `each change is told once, with what it changed, by whom and where it stands`() async throws {
        try await AdministrationHouse.run { house in
            let start = try await house.head()
            let bearer = try house.caller(scopes: ["write:access"])
            let made = try await house.call(
                "POST", "/users", ["email": "bob@example.com", "name": "Bob", "domains": "all"], as: bearer)
            let bob = try made.json()["id"]?.string ?? ""
            let steps: [(String, String, JSON?)] = [
                ("PATCH", "/users/\(bob)", ["email": "b@example.com", "active": false]),
                ("DELETE", "/users/\(bob)", nil), ("POST", "/roles", ["name": "R", "permissions": ["READ_GROUPS"]]),
                ("PUT", "/roles/R", ["permissions": []]), ("DELETE", "/roles/R", nil),
                ("POST", "/domains", ["name": "a.example.com"]), ("DELETE", "/domains/a.example.com", nil),
                ("PUT", "/ip-ranges", ["items": [["range": "192.0.2.7", "note": "me"]]]),
            ]
            for (method, path, body) in steps {
                #expect((200..<300).contains(try await house.call(method, path, body).status), "\(method) \(path)")
            }
            func change(_ field: String, _ from: JSON, _ to: JSON) -> JSON {
                ["field": .string(field), "from": from, "to": to]
            }
            func redacted(_ field: String) -> JSON { change(field, "[redacted]", "[redacted]") }
            let expected:
                [(type: String, operation: String, object: String, key: String, name: String, changes: [JSON])] = [
                    (
                        "user.created", "CREATE", "USER", "user/\(bob)", "Bob",
                        [
                            redacted("email"), redacted("name"), change("roles", nil, []),
                            change("domains", nil, "all"),
                            change("active", nil, true),
                        ]
                    ),
                    (
                        "user.updated", "UPDATE", "USER", "user/\(bob)", "Bob",
                        [redacted("email"), change("active", true, false)]
                    ),
                    (
                        "user.deleted", "DELETE", "USER", "user/\(bob)", "Bob",
                        [
                            redacted("email"), redacted("name"), change("roles", [], nil),
                            change("domains", "all", nil),
                            change("active", false, nil),
                        ]
                    ),
                    ("role.created", "CREATE", "ROLE", "role/R", "R", [change("permissions", nil, ["READ_GROUPS"])]),
                    ("role.updated", "UPDATE", "ROLE", "role/R", "R", [change("permissions", ["READ_GROUPS"], [])]),
                    ("role.deleted", "DELETE", "ROLE", "role/R", "R", [change("permissions", [], nil)]),
                    ("domain.created", "CREATE", "DOMAIN", "domain/a.example.com", "a.example.com", []),
                    ("domain.deleted", "DELETE", "DOMAIN", "domain/a.example.com", "a.example.com", []),
                    (
                        "ip-ranges.updated", "UPDATE", "IP_RANGE", "ip-ranges/general", "General IP list",
                        [change("items", [], [["range": "192.0.2.7", "note": "me"]])]
                    ),
                ]
            let incarnation = try await house.database.text("select incarnation from policy.head")
            let facts = try await house.told()
            #expect(facts.count == expected.count)
            for (index, (fact, row)) in zip(facts, expected).enumerated() {
                #expect(fact["type"]?.string == "gatehouse." + row.type)
                #expect(fact["source"] == "/gatehouse/policy")
                #expect(fact["subject"]?.string == row.key)
                var data: JSON.Object = [
                    "user": ["id": .string(house.admin.text), "name": "Ann"], "operation": .string(row.operation),
                    "object_type": .string(row.object),
                    "objects": [["id": .string(String(row.key.split(separator: "/")[1])), "name": .string(row.name)]],
                    "outcome": "allowed", "ip": "192.0.2.7", "revision": .integer(start + Int64(index) + 1),
                    "incarnation": .string(incarnation),
                ]
                if index == 0 {
                    data["application"] = ["client_id": .string(String(repeating: "z", count: 32)), "name": "Deployer"]
                }
                if !row.changes.isEmpty { data["changes"] = .array(row.changes) }
                #expect(fact["data"] == .object(data), "\(row.type)")
                _ = try Event(parsing: fact.bytes)
            }
            #expect(
                try await house.database.text("select string_agg(distinct aggregatetype, ',') from told") == "access")
            try await eventually("the relay has emptied the outbox") {
                try await house.database.text("select count(*) from policy.outbox") == "0"
            }
        }
    }
}
