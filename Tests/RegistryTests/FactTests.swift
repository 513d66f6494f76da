import GatehouseJSON
import GatehouseModel
import GatehousePostgres
import TestSupport
import Testing

/// What others are told of a change; never a secret.
@Suite struct FactTests {
    @Test func `each change is told once, with what it changed, by whom and where it stands`() async throws {
        try await RegistryHouse.run { house in
            let bearer = RegistryHouse.caller(scopes: RegistryHouse.scopes)
            let made = try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("Sync"), as: bearer)
            let id = try made.json()["client_id"]?.string ?? ""
            let path = RegistryHouse.path(id)
            let steps: [(String, String, JSON?)] = [
                ("PATCH", "", ["name": "Shop sync", "ip_ranges": [["range": "192.0.2.1"]]]),
                ("PATCH", "", ["enabled": false]),
                ("PATCH", "", ["enabled": true, "description": "d"]),
                ("PATCH", "", ["run_as": .string(RegistryHouse.ann)]),
                ("POST", "/secret", [:]), ("POST", "/secret", ["revoke_tokens": false]),
                ("POST", "/revoke-tokens", nil),
                ("DELETE", "", nil),
            ]
            for (method, end, body) in steps {
                let answer = try await house.call(method, path + end, body)
                #expect((200..<300).contains(answer.status), "\(method) \(end)")
            }

            func change(_ field: String, _ from: JSON, _ to: JSON) -> JSON {
                ["field": .string(field), "from": from, "to": to]
            }
            let died = change("tokens", "valid", "revoked")
            let secret = change("secret", "[redacted]", "[redacted]")
            let expected: [(String, String, String, Int64, [JSON])] = [
                (
                    "application.created", "CREATE", "Sync", 1,
                    [
                        change("name", nil, "Sync"), change("description", nil, ""),
                        change("flow", nil, "client_credentials"), change("redirect_uris", nil, []),
                        change("scopes", nil, ["read:segments"]), change("ip_ranges", nil, []),
                        change("run_as", nil, .string(RegistryHouse.bob)), change("enabled", nil, true),
                    ]
                ),
                (
                    "application.updated", "UPDATE", "Shop sync", 2,
                    [
                        change("name", "Sync", "Shop sync"),
                        change("ip_ranges", [], [["range": "192.0.2.1", "note": ""]]),
                    ]
                ), ("application.disabled", "UPDATE", "Shop sync", 3, [change("enabled", true, false)]),
                ("application.updated", "UPDATE", "Shop sync", 4, [change("description", "", "d")]),
                ("application.enabled", "UPDATE", "Shop sync", 4, [change("enabled", false, true)]),
                (
                    "application.updated", "UPDATE", "Shop sync", 5,
                    [change("run_as", .string(RegistryHouse.bob), .string(RegistryHouse.ann)), died]
                ), ("secret.rotated", "ROTATE", "Shop sync", 6, [secret, died]),
                ("secret.rotated", "ROTATE", "Shop sync", 7, [secret]),
                ("application.tokens-revoked", "REVOKE", "Shop sync", 8, [died]),
                ("application.deleted", "DELETE", "Shop sync", 9, []),
            ]
            let incarnation = try await house.database.text("select incarnation from registry.head")
            let facts = try await house.told()
            #expect(facts.count == expected.count)
            for (fact, (type, operation, name, revision, changes)) in zip(facts, expected) {
                #expect(fact["type"]?.string == "gatehouse." + type)
                #expect(fact["source"] == "/gatehouse/registry")
                #expect(fact["subject"]?.string == id)
                var data: JSON.Object = [
                    "user": ["id": .string(RegistryHouse.ann), "name": "Ann"],
                    "operation": .string(operation), "object_type": "OAUTH_APPLICATION",
                    "objects": [["id": .string(id), "name": .string(name)]], "outcome": "allowed", "ip": "192.0.2.7",
                    "revision": .integer(revision), "incarnation": .string(incarnation),
                ]
                if revision == 1 {
                    data["application"] = ["client_id": .string(String(repeating: "z", count: 32)), "name": "Deployer"]
                }
                if !changes.isEmpty { data["changes"] = .array(changes) }
                #expect(fact["data"] == .object(data), "\(type)")
                _ = try Event(parsing: fact.bytes)
            }
            #expect(
                try await house.database.text(
                    "select string_agg(distinct aggregatetype || ' ' || aggregateid, ',' order by aggregatetype || ' ' || aggregateid) from told"
                )
                    == "applications \(id),secret-rotations \(id)")
            try await eventually("the relay has emptied the outbox") {
                try await house.database.text("select count(*) from registry.outbox") == "0"
            }
        }
    }

    @Test func `what is refused is told to nobody, and changes no row`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let rows = "select md5(string_agg(a::text, '' order by client_id)) from registry.application a"
            let before = try await house.database.text(rows)
            for body in [["name": ""], ["x": 1], ["scopes": []], ["flow": "authorization_code"]] as [JSON] {
                #expect(try await house.call("PATCH", RegistryHouse.path(id), body).status >= 400)
            }
            _ = try await house.call("DELETE", RegistryHouse.path(id), headers: ["If-Match": "\"9\""])
            #expect(try await house.database.text(rows) == before)
            #expect(try await house.told().count == 1)
        }
    }

    @Test func `no secret stands in any row or event`() async throws {
        try await RegistryHouse.run { house in
            let made = try await house.made()
            let path = RegistryHouse.path(made["client_id"]?.string ?? "")
            var secrets = [made["client_secret"]?.string ?? ""]
            for _ in 0..<3 {
                secrets.append(
                    try await house.call("POST", path + "/secret", [:]).json()["client_secret"]?.string ?? "")
            }
            #expect(try await house.call("GET", path).json()["client_secret"] == nil)
            let tables = try await house.database.query(
                Statement(
                    "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = any ('{registry,public}')"
                ) {
                    try $0.text()
                })
            #expect(tables.contains("registry.application"))
            #expect(tables.contains("public.told"))
            for secret in secrets {
                // Without its ends, and without the prefix that all have: no part of it is anywhere.
                let part = secret.dropFirst(10).prefix(20)
                #expect(part.count == 20)
                for table in tables {
                    let found = try await house.database.text(
                        "select count(*) from \(table) t where strpos(t::text, '\(part)') > 0")
                    #expect(found == "0", "\(table)")
                }
            }
        }
    }
}
