import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `A grant` {
    private static let path = "/api/v1/users/\(TokenHouse.user)/grants"

    private func caller() throws -> Caller {
        Caller(
            decision: "d", user: Fact.User(try UserID(TokenHouse.user), name: "Ann"), application: nil, scopes: [],
            permissions: [try Permission("MANAGE_USERS")], domains: .all, ip: try Address("192.0.2.7"))
    }

    @Test func `is listed with user, application, scopes and times, while it lives`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let empty = try await house.service.call("GET", Self.path, as: caller())
            #expect(try empty.json()["items"] == [])
            let tokens = try await house.tokens(["read:segments"])
            let id = try #require(tokens.claims["gid"]?.string)
            let item = try #require(
                try await house.service.call("GET", Self.path, as: caller()).json()["items"]?.array?.first)
            #expect(item["id"]?.string == id && item["scopes"] == ["read:segments"])
            #expect(item["user"] == ["id": .string(TokenHouse.user), "name": "Ann"])
            #expect(item["application"] == ["client_id": .string(TokenHouse.webID), "name": "Web shop"])
            for name in ["created_at", "last_used_at", "expires_at"] {
                #expect(item[name]?.string.flatMap { try? Timestamp($0) } != nil, "\(name)")
            }
            try await eventually("the application's use is noted") {
                try await house.count("token.published_usage where client_id = '\(TokenHouse.webID)'") == 1
            }
            #expect(
                try await house.service.database.text(
                    "select live_grants from token.published_usage where client_id = '\(TokenHouse.webID)'") == "1")

            let gone = try await house.service.call("DELETE", "/api/v1/grants/\(id)", as: caller())
            #expect(gone.status == 204 && gone["Gatehouse-Propagation"]?.hasPrefix("complete; revision=") == true)
            #expect(try await house.service.call("GET", Self.path, as: caller()).json()["items"] == [])
            #expect(try await house.service.call("DELETE", "/api/v1/grants/\(id)", as: caller()).status == 404)
            #expect(try await house.introspect(tokens.access, as: TokenHouse.webID) == TokenHouse.inactive)
            #expect(try await house.refresh(tokens.refresh).refusal == "invalid_grant")
            let told = try #require(try await house.told("grant.revoked").first)
            #expect(told["user"]?["name"] == "Ann" && told["application"] == nil && told["ip"] == "192.0.2.7")
            #expect(told["objects"]?.array?.count == 3)
        }
    }

    @Test func `is listed in pages, by the application's name`() async throws {
        try await TokenHouse.runCodeFlow { house in
            for _ in 0..<5 { _ = try await house.tokens() }
            var seen: [String] = []
            var query = "?limit=2"
            for _ in 0..<3 {
                let page = try await house.service.call("GET", Self.path + query, as: caller()).json()
                seen += page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
                guard let next = page["next_cursor"]?.string else { break }
                query = "?limit=2&cursor=\(next)"
            }
            #expect(seen.count == 5 && Set(seen).count == 5 && seen == seen.sorted())
        }
    }

    @Test func `of nobody, and no grant at all, are not found`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let ann = try caller()
            for path in ["x", "0190b5a0-0000-7000-8000-000000000099"] {
                for (method, path) in [("GET", "/api/v1/users/\(path)/grants"), ("DELETE", "/api/v1/grants/\(path)")] {
                    #expect(try await house.service.call(method, path, as: ann).status == 404, "\(method) \(path)")
                    #expect(try await house.service.client.send(method, path).status == 401, "\(method) \(path)")
                }
            }
            #expect(try await house.service.call("GET", Self.path + "?limit=0", as: ann).status == 422)
            #expect(try await house.service.call("GET", Self.path + "?cursor=x", as: ann).status == 422)
        }
    }

    @Test func `ends whole with its refresh token, used or not, after the barrier`() async throws {
        try await TokenHouse.runCodeFlow { house in
            for isUsed in [false, true] {
                let first = try await house.tokens()
                if isUsed { _ = try TokenHouse.Tokens(await house.refresh(first.refresh)) }
                let form = "token=\(first.refresh)&token_type_hint=refresh_token"
                let foreign = try await house.post("/oauth/revoke", form, authorization: house.basic())
                #expect(foreign.status == 200)
                #expect(try await house.introspect(first.access, as: TokenHouse.webID).contains(#""active":true"#))
                for _ in 0..<2 {
                    let done = try await house.post(
                        "/oauth/revoke", form, authorization: house.basic(TokenHouse.webID))
                    #expect(done.status == 200)
                    #expect(done["Gatehouse-Propagation"]?.hasPrefix("complete; revision=") == true)
                }
                #expect(try await house.introspect(first.access, as: TokenHouse.webID) == TokenHouse.inactive)
                #expect(try await house.refresh(first.refresh).refusal == "invalid_grant")
            }
            #expect(try await house.told("grant.revoked").count == 2)
        }
    }

    @Test func `whose end a replica has not seen is pending: 503, and again later`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let tokens = try await house.tokens()
            // One that renews and never applies.
            try await house.sql(
                "insert into policy.replica (id, state, ttl_ms) values (gen_random_uuid(), 'active', 5000)")
            let url = house.service.database
            let renewing = Task {
                while !Task.isCancelled { try await url.script("update policy.replica set renewals = renewals + 1") }
            }
            let pending = try await house.post(
                "/oauth/revoke", "token=\(tokens.refresh)", authorization: house.basic(TokenHouse.webID))
            #expect(pending.status == 503 && pending["Retry-After"] == "1")
            renewing.cancel()
            _ = try? await renewing.value
            try await house.sql("delete from policy.replica")
            let done = try await house.post(
                "/oauth/revoke", "token=\(tokens.refresh)", authorization: house.basic(TokenHouse.webID))
            #expect(done.status == 200)
        }
    }

    @Test func `is seen by introspection through its refresh token`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let first = try await house.tokens(["read:segments"])
            let seen = try JSON(parsing: Array(try await house.introspect(first.refresh, as: TokenHouse.webID).utf8))
            #expect(seen["active"] == true && seen["token_type"] == "refresh_token")
            #expect(seen["scope"] == "read:segments" && seen["sub"] == .string(TokenHouse.user))
            // For an application with introspect:tokens any, for others none.
            #expect(try await house.introspect(first.refresh, as: TokenHouse.otherID).contains(#""active":true"#))
            #expect(try await house.introspect(first.refresh) == TokenHouse.inactive)
            let second = try TokenHouse.Tokens(await house.refresh(first.refresh))
            #expect(try await house.introspect(first.refresh, as: TokenHouse.webID) == TokenHouse.inactive)
            for (harm, mend) in [
                (
                    "update policy.account set active = false where not system",
                    "update policy.account set active = true where not system"
                ),
                (
                    "update registry.application set enabled = false where name = 'Web shop'",
                    "update registry.application set enabled = true"
                ),
                (
                    "update registry.application set epoch = 2, min_epoch = 2 where name = 'Web shop'",
                    "update registry.application set min_epoch = 1"
                ), ("update token.consent set expires_at = now()", "select 1"),
            ] {
                try await house.sql(harm)
                #expect(
                    try await house.introspect(second.refresh, as: TokenHouse.otherID) == TokenHouse.inactive,
                    "\(harm)")
                try await house.sql(mend)
            }
        }
    }
}
