import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct UserTests {
    @Test func `a user is made, shown, changed and deleted`() async throws {
        try await AdministrationHouse.run { house in
            let made = try await house.call(
                "POST", "/users",
                [
                    "email": "Bob@Example.COM", "name": " Bob ", "external_id": "crm:7", "roles": ["Insights Only"],
                    "domains": ["shop.example.com", "news.example.com"],
                ])
            let id = try #require(try made.json()["id"]?.string)
            var expected: JSON.Object = [
                "id": .string(id), "email": "Bob@example.com", "name": "Bob", "external_id": "crm:7",
                "roles": ["Insights Only"], "domains": ["news.example.com", "shop.example.com"], "active": true,
            ]
            let revision = try await house.head()
            #expect(made.status == 201)
            #expect(try made.json() == .object(expected))
            #expect(made["ETag"] == "\"\(revision)\"")
            #expect(made["Location"] == "/api/v1/users/\(id)")
            #expect(made.isComplete)
            let got = try await house.call("GET", "/users/\(id)")
            #expect(got.status == 200)
            #expect(try got.json() == .object(expected))
            #expect(got["ETag"] == "\"\(revision)\"")
            #expect(
                try await house.database.text(
                    """
                    select row(permissions, all_domains, domains, epoch, min_epoch) from policy.published_users
                    where id = '\(id)'
                    """) == #"("{READ_GROUPS,READ_PROFILES}",f,"{news.example.com,shop.example.com}",1,1)"#)

            let patched = try await house.call(
                "PATCH", "/users/\(id)",
                ["external_id": nil, "roles": ["Data Scientist"], "domains": "all", "active": false],
                headers: ["If-Match": "\"\(revision)\"", "Content-Type": "application/merge-patch+json"])
            expected["external_id"] = nil
            expected["roles"] = ["Data Scientist"]
            expected["domains"] = "all"
            expected["active"] = false
            #expect(patched.status == 200)
            #expect(try patched.json() == .object(expected))
            #expect(patched["ETag"] == "\"\(revision + 1)\"")
            #expect(patched.isComplete)
            let epochs =
                "select row(active, all_domains, domains, epoch, min_epoch) from policy.published_users where id = '\(id)'"
            #expect(try await house.database.text(epochs) == "(f,t,{},2,2)")
            #expect(try await house.call("PATCH", "/users/\(id)", ["active": true]).status == 200)
            #expect(try await house.database.text(epochs) == "(t,t,{},2,2)")

            let deleted = try await house.call("DELETE", "/users/\(id)")
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(deleted.isComplete)
            for method in ["GET", "DELETE"] {
                #expect(try await house.call(method, "/users/\(id)").status == 404)
            }
            #expect(
                try await house.database.text(
                    "select row(deleted, min_epoch) from policy.published_users where id = '\(id)'")
                    == "(t,3)")
            // The address is free again; the id is not.
            #expect(try await house.user("bob") != id)
        }
    }

    @Test func `users are listed by name, then id, page by page`() async throws {
        try await AdministrationHouse.run { house in
            var expected = ["Ann", "System"]
            for name in ["Zoe", "Bea", "bea", "Bea", "Ärmel"] {
                _ = try await house.call(
                    "POST", "/users", ["email": .string("u\(expected.count)@example.com"), "name": .string(name)])
                expected.append(name)
            }
            var (names, ids, cursor) = ([String](), [String](), "")
            repeat {
                let page = try await house.call("GET", "/users?limit=3" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
                #expect(page.status == 200)
                let items = try page.json()["items"]?.array ?? []
                #expect(items.count <= 3)
                names += items.compactMap { $0["name"]?.string }
                ids += items.compactMap { $0["id"]?.string }
                cursor = try page.json()["next_cursor"]?.string ?? ""
            } while !cursor.isEmpty
            #expect(names == ["Ann", "Bea", "Bea", "System", "Zoe", "bea", "Ärmel"])
            #expect(ids[1] < ids[2])
            let system = try await house.call("GET", "/users/system")
            #expect(
                try system.json() == [
                    "id": "system", "email": "system@example.com", "name": "System", "roles": [], "domains": "all",
                    "active": true, "system": true,
                ])
            let roles = try await house.call("GET", "/roles?limit=1").json()["next_cursor"]?.string ?? ""
            for query in [
                "limit=0", "limit=201", "limit=x", "cursor=", "cursor=AAAA", "cursor=\(roles)", "cursor=W10",
            ] { #expect(try await house.call("GET", "/users?\(query)").status == 422, "\(query)") }
            for query in ["order=name", "limit=1&limit=2", "limit=%FF"] {
                #expect(try await house.call("GET", "/users?\(query)").status == 400, "\(query)")
            }
        }
    }

    @Test func `each wrong field is named`() async throws {
        try await AdministrationHouse.run { house in
            let bob = try await house.user("bob", ["external_id": "7"])
            let before = try await house.head()
            let many: JSON = .array((0..<201).map { .string("d\($0).example.com") })
            let rows: [(JSON, Int, [String])] = [
                ([:], 422, ["email", "name"]), (["email": "x", "name": ""], 422, ["email", "name"]),
                (["email": 1, "name": nil], 422, ["email", "name"]),
                (["name": "a\u{202E}b", "email": "e@example.com"], 422, ["name"]),
                (["name": "a\u{7}b", "email": "e@example.com"], 422, ["name"]),
                (["name": .string(String(repeating: "n", count: 101)), "email": "e@example.com"], 422, ["name"]),
                (["name": "n", "email": "e@example.com", "id": "7"], 400, ["id"]),
                (["name": "n", "email": "e@example.com", "roles": "all"], 422, ["roles"]),
                (["name": "n", "email": "e@example.com", "roles": ["Nobody"]], 422, ["roles"]),
                (["name": "n", "email": "e@example.com", "domains": "some"], 422, ["domains"]),
                (["name": "n", "email": "e@example.com", "domains": ["other.example.com"]], 422, ["domains"]),
                (["name": "n", "email": "e@example.com", "domains": many], 422, ["domains"]),
                (["name": "n", "email": "e@example.com", "active": "yes"], 422, ["active"]),
                (["name": "n", "email": "e@example.com", "external_id": ""], 422, ["external_id"]),
                (["name": "n", "email": "BOB@example.com"], 409, ["email"]),
                (["name": "n", "email": "e@example.com", "external_id": "7"], 409, ["external_id"]),
            ]
            for (body, status, fields) in rows {
                let answer = try await house.call("POST", "/users", body)
                #expect(answer.status == status, "\(body)")
                #expect(try answer.fields() == fields, "\(body)")
                #expect(answer["Content-Type"] == "application/problem+json")
            }
            let bea = try await house.user("bea")
            #expect(try await house.call("PATCH", "/users/\(bea)", ["email": "bob@example.com"]).status == 409)
            #expect(try await house.call("PATCH", "/users/\(bea)", ["system": true]).status == 400)
            #expect(try await house.call("PATCH", "/users/\(bea)", ["name": nil]).status == 422)
            for path in [
                "x", "00000000-0000-0000-0000-000000000000", "%00", "%FF", "0190b5a0-0000-7000-8000-00000000000f",
            ] {
                #expect(try await house.call("GET", "/users/\(path)").status == 404, "\(path)")
            }
            for bytes in [Array("{".utf8), Array("[]".utf8), Array("{\"a\":1,\"a\":2}".utf8), [0x7B, 0xFF, 0x7D]] {
                #expect(try await house.send("POST", "/users", bytes: bytes).status == 400)
            }
            #expect(try await house.send("POST", "/users", bytes: Array(repeating: 0x20, count: 1 << 21)).status == 413)
            #expect(try await house.head() == before + 1)
            #expect(try await house.told().count == 2)
            #expect(bob != bea)
        }
    }

    @Test func `nobody gives what they lack, nor changes a user who may do more`() async throws {
        try await AdministrationHouse.run { house in
            let lesser = try house.caller(
                permissions: ["MANAGE_USERS", "READ_PROFILES", "READ_GROUPS"], domains: ["shop.example.com"])
            let before = try await house.head()
            func create(_ more: JSON.Object) -> JSON {
                var body: JSON.Object = ["email": "e@example.com", "name": "E"]
                for (name, value) in more.members { body[name] = value }
                return .object(body)
            }
            for (body, lacking) in [
                (create(["roles": ["Content Manager"]]), "permissions"), (create(["domains": "all"]), "domains"),
                (create(["domains": ["news.example.com"]]), "domains"),
            ] {
                let refused = try await house.call("POST", "/users", body, as: lesser)
                #expect(refused.status == 403)
                #expect(try refused.json()["lacking"]?.object?.names == [lacking])
            }
            #expect(try await house.head() == before)
            let own = try await house.call(
                "POST", "/users", create(["roles": ["Insights Only"], "domains": ["shop.example.com"]]), as: lesser)
            #expect(own.status == 201)
            let id = try own.json()["id"]?.string ?? ""
            #expect(try await house.call("PATCH", "/users/\(id)", ["name": "F"], as: lesser).status == 200)
            #expect(try await house.call("PATCH", "/users/\(id)", ["domains": "all"], as: lesser).status == 403)
            for (method, body) in [("PATCH", ["name": "Mine"]), ("DELETE", nil)] as [(String, JSON?)] {
                #expect(try await house.call(method, "/users/\(house.admin)", body, as: lesser).status == 403)
                #expect(try await house.call(method, "/users/system", body).status == 403)
            }
        }
    }

    @Test func `how another user is known is changed in the console, or with every scope`() async throws {
        try await AdministrationHouse.run { house in
            let bob = try await house.user("bob")
            let bearer = try house.caller(scopes: ["write:access"])
            for patch in [["email": "b@example.com"], ["external_id": "b"]] as [JSON] {
                #expect(try await house.call("PATCH", "/users/\(bob)", patch, as: bearer).status == 403)
            }
            #expect(try await house.call("PATCH", "/users/\(bob)", ["name": "B"], as: bearer).status == 200)
            let everything = try await house.database.text("select string_agg(name, ' ') from policy.scope")
            let every = try house.caller(scopes: everything.split(separator: " ").map(String.init))
            #expect(try await house.call("PATCH", "/users/\(bob)", ["email": "b@example.com"], as: every).status == 200)
            #expect(try await house.call("PATCH", "/users/\(bob)", ["external_id": "b"]).status == 200)
            #expect(
                try await house.call("PATCH", "/users/\(house.admin)", ["external_id": "a"], as: bearer).status == 200)
        }
    }

    @Test func `a user under whom an application acts cannot be deleted`() async throws {
        try await AdministrationHouse.run { house in
            let bob = try await house.user("bob")
            let client = try await house.application("Shop sync", runAs: bob)
            let refused = try await house.call("DELETE", "/users/\(bob)")
            #expect(refused.status == 409)
            #expect(try refused.json()["detail"]?.string?.contains("Shop sync") == true)
            try await house.database.script(
                "update registry.application set deleted = true, secret_hmac = null, pepper_id = null where client_id = '\(client)'"
            )
            #expect(try await house.call("DELETE", "/users/\(bob)").status == 204)
        }
    }

    @Test func `of two patches with one If-Match, one is 412; without, both are kept`() async throws {
        try await AdministrationHouse.run { house in
            let bob = try await house.user("bob")
            let tag = try #require(try await house.call("GET", "/users/\(bob)")["ETag"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for name in ["A", "B"] {
                    group.addTask {
                        try await house.call(
                            "PATCH", "/users/\(bob)", ["name": .string(name)], headers: ["If-Match": tag]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412])
            let patches: [JSON] = [
                ["roles": ["Insights Only"]], ["domains": ["shop.example.com"]], ["active": false],
                ["external_id": "b"],
            ]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for patch in patches {
                    group.addTask { try await house.call("PATCH", "/users/\(bob)", patch).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            let shown = try await house.call("GET", "/users/\(bob)").json()
            #expect(shown["roles"] == ["Insights Only"])
            #expect(shown["domains"] == ["shop.example.com"])
            #expect(shown["active"] == false)
            #expect(shown["external_id"] == "b")
            let revision = try await house.head()
            let same = try await house.call("PATCH", "/users/\(bob)", ["active": false])
            #expect(same.status == 200)
            #expect(same.isComplete)
            #expect(try await house.head() == revision)
            #expect(try await house.call("PATCH", "/users/\(bob)", [:], headers: ["If-Match": "7"]).status == 400)
        }
    }
}
