import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct RoleTests {
    @Test func `a role is made, shown, replaced and deleted`() async throws {
        try await AdministrationHouse.run { house in
            let body: JSON = ["name": " Night Shift ", "permissions": ["READ_PROFILES", "MANAGE_SEGMENTS"]]
            let made = try await house.call("POST", "/roles", body)
            let expected: JSON = ["name": "Night Shift", "permissions": ["MANAGE_SEGMENTS", "READ_PROFILES"]]
            let revision = try await house.head()
            #expect(made.status == 201)
            #expect(try made.json() == expected)
            #expect(made["ETag"] == "\"\(revision)\"")
            #expect(made.isComplete)
            let path = "/roles/Night%20Shift"
            #expect(made["Location"] == "/api/v1" + path)
            #expect(try await house.call("GET", path).json() == expected)
            #expect(try await house.call("POST", "/roles", body).status == 409)

            let bob = try await house.user("bob", ["roles": ["Night Shift"]])
            let permissions = "select permissions from policy.published_users where id = '\(bob)'"
            #expect(try await house.database.text(permissions) == "{MANAGE_SEGMENTS,READ_PROFILES}")
            let replaced = try await house.call(
                "PUT", path, ["permissions": ["READ_GROUPS", "READ_PROFILES"]],
                headers: ["If-Match": "\"\(revision)\""])
            #expect(replaced.status == 200)
            #expect(try replaced.json() == ["name": "Night Shift", "permissions": ["READ_GROUPS", "READ_PROFILES"]])
            #expect(replaced.isComplete)
            #expect(try await house.database.text(permissions) == "{READ_GROUPS,READ_PROFILES}")
            let stale = try await house.call("PUT", path, ["permissions": []], headers: ["If-Match": "\"\(revision)\""])
            #expect(stale.status == 412)

            let refused = try await house.call("DELETE", path)
            #expect(refused.status == 409)
            #expect(try refused.json()["detail"] == "The role is in use: take it from its users first.")
            #expect(try await house.call("DELETE", "/users/\(bob)").status == 204)
            let deleted = try await house.call("DELETE", path)
            #expect(deleted.status == 204)
            #expect(deleted.isComplete)
            for method in ["GET", "DELETE"] { #expect(try await house.call(method, path).status == 404) }
            #expect(try await house.call("PUT", path, ["permissions": []]).status == 404)
            // The name is free again, with nothing left of what it gave.
            #expect(try await house.call("POST", "/roles", ["name": "Night Shift", "permissions": []]).status == 201)
            #expect(try await house.call("GET", path).json()["permissions"] == [])
        }
    }

    @Test func `roles are listed by name, page by page`() async throws {
        try await AdministrationHouse.run { house in
            let all = try await house.call("GET", "/roles")
            let names = try all.json()["items"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(
                names == [
                    "Application Manager", "Content Manager", "Customer Insights Manager", "Data Scientist",
                    "IT - System Administrator", "Insights Only", "Online Marketer",
                ])
            #expect(try all.json()["next_cursor"] == .null)
            #expect(
                try all.json()["items"]?[5] == [
                    "name": "Insights Only", "permissions": ["READ_GROUPS", "READ_PROFILES"],
                ])
            let first = try await house.call("GET", "/roles?limit=5")
            let cursor = try #require(try first.json()["next_cursor"]?.string)
            let rest = try await house.call("GET", "/roles?limit=5&cursor=\(cursor)")
            #expect(try rest.json()["items"]?.array?.compactMap { $0["name"]?.string } == Array(names.suffix(2)))
            for name in names {
                let path = "/api/v1/roles/" + name.replacing(" ", with: "%20")
                #expect(RequestTarget(path)?.segment(3) == name, "a role that no path can name is out of reach")
            }
        }
    }

    @Test func `each wrong field is named`() async throws {
        try await AdministrationHouse.run { house in
            let rows: [(JSON, Int, [String])] = [
                ([:], 422, ["name", "permissions"]), (["name": "", "permissions": []], 422, ["name"]),
                (["name": "a/b", "permissions": []], 422, ["name"]),
                (["name": "..", "permissions": []], 422, ["name"]),
                (["name": "N", "permissions": ["FLY"]], 422, ["permissions[0]"]),
                (["name": "N", "permissions": ["fly"]], 422, ["permissions[0]"]),
                (["name": "N", "permissions": "FLY"], 422, ["permissions"]),
                (["name": "N", "permissions": [], "users": []], 400, ["users"]),
                (["name": "Insights Only", "permissions": []], 409, ["name"]),
            ]
            let before = try await house.head()
            for (body, status, fields) in rows {
                let answer = try await house.call("POST", "/roles", body)
                #expect(answer.status == status, "\(body)")
                #expect(try answer.fields() == fields, "\(body)")
            }
            let renamed = try await house.call("PUT", "/roles/Data%20Scientist", ["name": "X", "permissions": []])
            #expect(renamed.status == 422)
            #expect(try renamed.fields() == ["name"])
            #expect(try await house.head() == before)
            #expect(try await house.told().isEmpty)
        }
    }

    @Test func `nobody gives or takes by a role what they lack`() async throws {
        try await AdministrationHouse.run { house in
            let lesser = try house.caller(
                permissions: ["MANAGE_ROLES", "READ_PROFILES", "READ_GROUPS"], domains: ["shop.example.com"])
            for (method, path, body) in [
                ("POST", "/roles", ["name": "N", "permissions": ["MANAGE_USERS"]]),
                ("PUT", "/roles/Insights%20Only", ["permissions": ["READ_PROFILES", "MANAGE_USERS"]]),
                ("PUT", "/roles/Content%20Manager", ["permissions": []]), ("DELETE", "/roles/Content%20Manager", nil),
            ] as [(String, String, JSON?)] {
                #expect(try await house.call(method, path, body, as: lesser).status == 403, "\(method) \(path)")
            }
            func narrow(_ permissions: JSON) async throws -> Int {
                try await house.call("PUT", "/roles/Insights%20Only", ["permissions": permissions], as: lesser).status
            }
            #expect(try await narrow(["READ_PROFILES"]) == 200)
            let bob = try await house.user("bob", ["roles": ["Insights Only"], "domains": ["shop.example.com"]])
            #expect(try await narrow(["READ_GROUPS"]) == 200)
            // A holder in another domain, in all domains, or with more permissions is beyond the caller.
            for more in [
                ["domains": ["news.example.com"]], ["domains": "all"],
                ["domains": [], "roles": ["Insights Only", "Data Scientist"]],
            ] as [JSON] {
                #expect(try await house.call("PATCH", "/users/\(bob)", more).status == 200)
                #expect(try await narrow(["READ_PROFILES"]) == 403, "\(more)")
            }
        }
    }

    /// The head orders commits, not snapshots: only the foreign key holds here (04 § Heads).
    @Test func `a role that is deleted while it is given is either given or gone`() async throws {
        try await AdministrationHouse.run { house in
            var outcomes: Set<[Int]> = []
            for round in 0..<20 {
                let path = try await house.role("R\(round)")
                let bob = try await house.user("bob\(round)")
                async let given = house.call("PATCH", "/users/\(bob)", ["roles": [.string("R\(round)")]]).status
                async let deleted = house.call("DELETE", path).status
                let outcome = try await [given, deleted]
                outcomes.insert(outcome)
                #expect([[200, 409], [422, 204]].contains(outcome), "\(outcome)")
                let held = try await house.database.text(
                    "select count(*) from policy.account_role where account = '\(bob)'")
                #expect(held == (outcome[0] == 200 ? "1" : "0"))
            }
            #expect(!outcomes.isEmpty)
        }
    }
}
