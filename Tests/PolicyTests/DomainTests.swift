import GatehouseJSON
import TestSupport
import Testing

@Suite struct DomainTests {
    @Test func `a domain is made, listed and deleted, but not while a user has it`() async throws {
        try await AdministrationHouse.run { house in
            let made = try await house.call("POST", "/domains", ["name": "Blog.Example.com"])
            #expect(made.status == 201)
            #expect(try made.json() == ["name": "blog.example.com"])
            #expect(made["ETag"] == "\"\(try await house.head())\"")
            #expect(made["Location"] == "/api/v1/domains/blog.example.com")
            #expect(made.isComplete)
            #expect(
                try await house.call("GET", "/domains").json() == [
                    "items": [
                        ["name": "blog.example.com"], ["name": "news.example.com"], ["name": "shop.example.com"],
                        ["name": "www.example.com"],
                    ], "next_cursor": nil,
                ])
            let bob = try await house.user("bob", ["domains": ["blog.example.com"]])
            let refused = try await house.call("DELETE", "/domains/blog.example.com")
            #expect(refused.status == 409)
            #expect(try refused.json()["detail"] == "The domain is in use: take it from its users first.")
            #expect(try await house.call("PATCH", "/users/\(bob)", ["domains": []]).status == 200)
            let deleted = try await house.call("DELETE", "/domains/blog.example.com")
            #expect(deleted.status == 204)
            #expect(deleted.isComplete)
            #expect(try await house.call("DELETE", "/domains/blog.example.com").status == 404)
            #expect(try await house.call("DELETE", "/domains/%00").status == 404)
            #expect(try await house.call("POST", "/domains", ["name": "blog.example.com"]).status == 201)
        }
    }

    @Test func `each wrong field is named`() async throws {
        try await AdministrationHouse.run { house in
            for (body, status, fields) in [
                ([:], 422, ["name"]), (["name": "a b"], 422, ["name"]), (["name": 7], 422, ["name"]),
                (["name": "All"], 422, ["name"]),
                (["name": "a.example.com", "x": 1], 400, ["x"]), (["name": "WWW.example.com"], 409, ["name"]),
            ] as [(JSON, Int, [String])] {
                let answer = try await house.call("POST", "/domains", body)
                #expect(answer.status == status, "\(body)")
                #expect(try answer.fields() == fields, "\(body)")
            }
            #expect(try await house.told().isEmpty)
        }
    }
}
