import GatehouseJSON
import TestSupport
import Testing

@Suite struct `A token's life` {
    @Test func `introspection shows a live token, and exactly inactive for every other`() async throws {
        try await TokenHouse.run { house in
            let token = try await house.token()
            let live = try JSON(parsing: Array(try await house.introspect(token).utf8))
            #expect(live["active"] == true && live["client_id"] == .string(TokenHouse.clientID))
            #expect(live["sub"] == .string(TokenHouse.user) && live["scope"] == "read:segments write:segments")
            let inactive = #"{"active":false}"#
            #expect(try await house.introspect("nonsense") == inactive)
            #expect(try await house.introspect(String(token.dropLast(2))) == inactive)
            let others = try await house.token(as: TokenHouse.otherID)
            #expect(try await house.introspect(others) == inactive)
            #expect(try await house.introspect(token, as: TokenHouse.otherID).contains(#""active":true"#))

            for (harm, mend) in [
                (
                    "update registry.application set enabled = false where name = 'Shop sync'",
                    "update registry.application set enabled = true"
                ),
                (
                    "update policy.account set active = false where name = 'Ann'",
                    "update policy.account set active = true"
                ),
                (
                    "update registry.application set epoch = 2, min_epoch = 2 where name = 'Shop sync'",
                    "update registry.application set min_epoch = 1"
                ),
                (
                    "update policy.account set epoch = 2, min_epoch = 2 where name = 'Ann'",
                    "update policy.account set min_epoch = 1"
                ),
            ] {
                try await house.sql(harm)
                let seen = try await house.introspect(token, as: TokenHouse.otherID)
                if !harm.contains("account set active") { #expect(seen == inactive, "\(harm)") }
                try await house.sql(mend)
            }
            #expect(try await house.introspect(token).contains(#""active":true"#))
        }
    }

    @Test func `introspection tells those scopes of a token that its application still has`() async throws {
        try await TokenHouse.run { house in
            let token = try await house.token()
            for (scopes, told) in [
                ("read:profiles,write:segments", "write:segments"), ("read:profiles", ""),
                ("write:segments,read:segments", "read:segments write:segments"),
            ] {
                try await house.sql(
                    "update registry.application set scopes = '{\(scopes)}' where name = 'Shop sync'")
                for asking in [TokenHouse.clientID, TokenHouse.otherID] {
                    let seen = try JSON(parsing: Array(try await house.introspect(token, as: asking).utf8))
                    #expect(seen["active"] == true && seen["scope"] == .string(told), "\(scopes)")
                }
            }
        }
    }

    @Test func `who asks authenticates before the question is looked at`() async throws {
        try await TokenHouse.run { house in
            for path in ["/oauth/introspect", "/oauth/revoke"] {
                for form in ["", "token=", "token=nonsense"] {
                    let stranger = try await house.post(path, form)
                    #expect(stranger.status == 401, "\(path) \(form)")
                    #expect(try stranger.json()["error"] == "invalid_client")
                }
                for form in ["", "token="] {
                    let client = try await house.post(path, form, authorization: house.basic())
                    #expect(client.status == 400, "\(path) \(form)")
                    #expect(try client.json()["error"] == "invalid_request")
                }
            }
        }
    }

    @Test func `revocation ends a token at once, is told once, and works for its own client only`() async throws {
        try await TokenHouse.run { house in
            let token = try await house.token()
            let foreign = try await house.post(
                "/oauth/revoke", "token=\(token)", authorization: house.basic(TokenHouse.otherID))
            #expect(foreign.status == 200)
            #expect(try await house.introspect(token).contains(#""active":true"#))
            for _ in 0..<2 {
                let answer = try await house.post("/oauth/revoke", "token=\(token)", authorization: house.basic())
                #expect(answer.status == 200)
                #expect(answer["Gatehouse-Propagation"]?.hasPrefix("complete; revision=") == true)
                #expect(try await house.introspect(token) == #"{"active":false}"#)
            }
            #expect(try await house.count("token.revocation") == 1)
            #expect(try await house.post("/oauth/revoke", "token=nonsense", authorization: house.basic()).status == 200)
            #expect(try await house.post("/oauth/revoke", "", authorization: house.basic()).status == 400)
            try await eventually("the fact leaves the outbox") { try await house.count("token.outbox") == 0 }
        }
    }

    @Test func `a rotation meanwhile makes a token dead on arrival`() async throws {
        try await TokenHouse.run { house in
            let before = try await house.token()
            try await house.sql("update registry.application set epoch = 2, min_epoch = 2 where name = 'Shop sync'")
            let after = try await house.token()
            #expect(try await house.introspect(before) == #"{"active":false}"#)
            #expect(try await house.introspect(after).contains(#""active":true"#))
        }
    }

    @Test func `the private key stands sealed, and last use is noted`() async throws {
        try await TokenHouse.run { house in
            _ = try await house.token()
            #expect(try await house.count("token.signing_key where not deleted and length(sealed) > 100") == 1)
            #expect(try await house.count("token.signing_key where jwk ? 'd' or not jwk ? 'x'") == 0)
            try await eventually("last use is written") { try await house.count("token.usage") == 1 }
        }
    }

    @Test func `a client at work costs a row of last use a minute`() async throws {
        try await TokenHouse.run { house in
            _ = try await house.token()
            try await eventually("last use is written") { try await house.count("token.usage") == 1 }
            try await house.sql("delete from token.usage")
            _ = try await house.token()
            _ = try await house.token(as: TokenHouse.otherID)
            try await eventually("the next batch is written") { try await house.count("token.usage") > 0 }
            #expect(try await house.count("token.usage where client_id = '\(TokenHouse.otherID)'") == 1)
            #expect(try await house.count("token.usage") == 1)
        }
    }

    @Test func `metadata names the configured issuer, whatever Host says`() async throws {
        try await TokenHouse.run { house in
            let answer = try await house.service.client.send(
                "GET", "/.well-known/oauth-authorization-server", headers: ["X-Forwarded-Host": "evil.example"])
            let body = try answer.json()
            #expect(body["issuer"] == "http://127.0.0.1:8080")
            #expect(body["token_endpoint"] == "http://127.0.0.1:8080/oauth/token")
            let resource = try await house.service.client.send("GET", "/.well-known/oauth-protected-resource")
            #expect(try resource.json()["authorization_servers"] == ["http://127.0.0.1:8080"])
        }
    }
}
