import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `An authorization code` {
    @Test func `gives tokens that name the user, the grant and both epochs`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let answer = try await house.exchange(try #require(try await house.code(["read:segments"])))
            #expect(answer.status == 200 && answer["Cache-Control"] == "no-store")
            let body = try answer.json()
            #expect(
                body.object?.names.sorted() == ["access_token", "expires_in", "refresh_token", "scope", "token_type"])
            #expect(body["expires_in"] == 600 && body["scope"] == "read:segments" && body["token_type"] == "Bearer")
            let claims = try TokenHouse.Tokens(answer).claims
            #expect(claims["sub"] == .string(TokenHouse.user) && claims["client_id"] == .string(TokenHouse.webID))
            #expect(claims["epoch"] == 1 && claims["uep"] == 1 && claims["scope"] == "read:segments")
            let grant = try #require(claims["gid"]?.string)
            #expect(try await house.count("token.consent where id = '\(grant)'") == 1)
        }
    }

    @Test func `given to a hundred exchanges at once gives tokens to exactly one`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let code = try #require(try await house.code())
            let statuses = try await house.atOnce(
                100,
                "grant_type=authorization_code&code=\(code)&code_verifier=\(TokenHouse.verifier)"
                    + "&redirect_uri=\(TokenHouse.escaped(TokenHouse.callback))")
            #expect(statuses == [200: 1, 400: 99])
            #expect(try await house.count("token.consent") == 1)
            #expect(try await house.told("family.revoked").count == 1)
        }
    }

    @Test func `used a second time takes back what it gave`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let code = try #require(try await house.code())
            let tokens = try TokenHouse.Tokens(await house.exchange(code))
            #expect(try await house.introspect(tokens.access, as: TokenHouse.webID).contains(#""active":true"#))
            #expect(try await house.exchange(code).refusal == "invalid_grant")
            #expect(try await house.introspect(tokens.access, as: TokenHouse.webID) == TokenHouse.inactive)
            #expect(try await house.introspect(tokens.refresh, as: TokenHouse.webID) == TokenHouse.inactive)
            #expect(try await house.refresh(tokens.refresh).refusal == "invalid_grant")
            #expect(try await house.count("token.published_revocations where kind = 'grant'") == 1)
            let told = try #require(try await house.told("family.revoked").first)
            #expect(told["reason"] == "code_reused" && told["user"]?["id"] == .string(TokenHouse.user))
            #expect(told["application"]?["client_id"] == .string(TokenHouse.webID))
            #expect((told["revision"]?.integer ?? 0) > 0)
        }
    }

    @Test(arguments: [
        nil, "", TokenHouse.verifier + "x", String(TokenHouse.verifier.dropLast()), String(repeating: "a", count: 43),
        String(repeating: "a", count: 129), TokenHouse.verifier.replacing("-", with: "+"), TokenHouse.verifier + "é",
    ])
    func `without its verifier is refused, and used up`(verifier: String?) async throws {
        try await TokenHouse.runCodeFlow { house in
            let code = try #require(try await house.code())
            #expect(try await house.exchange(code, verifier: verifier).refusal == "invalid_grant")
            #expect(try await house.exchange(code).refusal == "invalid_grant")
            // Nothing was given, so there is nothing to take back.
            #expect(try await house.count("token.consent") == 0)
            #expect(try await house.count("token.revocation") == 0)
        }
    }

    @Test(arguments: [
        nil, "https://shop.example.com/callback/", "https://SHOP.example.com/callback",
        "https://shop.example.com:443/callback", "https://shop.example.com/callback?", "http://127.0.0.1/cb",
    ])
    func `is bound to its redirect URI, byte by byte`(redirect: String?) async throws {
        try await TokenHouse.runCodeFlow { house in
            let code = try #require(try await house.code())
            #expect(try await house.exchange(code, redirect: redirect).refusal == "invalid_grant")
            #expect(try await house.count("token.consent") == 0)
        }
    }

    @Test func `of a loopback client is bound to the port that it chose`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let chosen = "http://127.0.0.1:51004/cb"
            let first = try #require(try await house.code(redirect: chosen))
            #expect(try await house.exchange(first, redirect: "http://127.0.0.1/cb").refusal == "invalid_grant")
            let second = try #require(try await house.code(redirect: chosen))
            #expect(try await house.exchange(second, redirect: chosen).status == 200)
        }
    }

    @Test func `presented by another client is refused, and not used up`() async throws {
        try await TokenHouse.runCodeFlow { house in
            try await house.sql(
                """
                update registry.application set flow = 'authorization_code', run_as = null,
                    redirect_uris = '{\(TokenHouse.callback)}', website_url = 'https://other.example.com/'
                where client_id = '\(TokenHouse.otherID)'
                """)
            let code = try #require(try await house.code())
            #expect(try await house.exchange(code, as: TokenHouse.otherID).refusal == "invalid_grant")
            #expect(try await house.exchange(code).status == 200)
        }
    }

    @Test func `lives for sixty seconds`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let now = Timestamp.now()
            let old = try #require(try await house.code(at: now - .seconds(61)))
            #expect(try await house.exchange(old).refusal == "invalid_grant")
            let young = try #require(try await house.code(at: now - .seconds(30)))
            #expect(try await house.exchange(young).status == 200)
        }
    }

    @Test(arguments: [
        ("update policy.account set active = false where not system", "invalid_grant"),
        ("update policy.account set epoch = 2, min_epoch = 2", "invalid_grant"),
        ("update registry.application set epoch = 2, min_epoch = 2", "invalid_grant"),
        ("update registry.application set scopes = '{read:profiles}'", "invalid_grant"),
        (
            "update registry.application set flow = 'client_credentials', run_as = '\(TokenHouse.user)'",
            "unauthorized_client"
        ), ("update registry.application set enabled = false", "401"),
    ])
    func `gives nothing once its user or application is not what it was`(harm: String, error: String) async throws {
        try await TokenHouse.runCodeFlow { house in
            let code = try #require(try await house.code())
            try await house.sql(harm)
            #expect(try await house.exchange(code).refusal == error)
            #expect(try await house.count("token.consent") == 0)
        }
    }

    @Test func `gives of its scopes those that the application still has`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let code = try #require(try await house.code())
            try await house.sql("update registry.application set scopes = '{read:profiles,read:segments}'")
            #expect(try TokenHouse.Tokens(await house.exchange(code)).scope == "read:segments")
        }
    }

    @Test func `is made of a yes by an active user who may authorize applications, to what the application is now`()
        async throws
    {
        for harm in [
            "update policy.account set active = false where not system",
            "update policy.account set epoch = 2, min_epoch = 2",
            "delete from policy.account_role", "update policy.permission set listed = false",
            "update registry.application set enabled = false", "update registry.application set name = 'Web shop 2'",
            "update registry.application set website_url = 'https://evil.example.com/'",
            "update registry.application set redirect_uris = '{https://evil.example.com/}'",
            "update registry.application set scopes = '{read:segments}'",
            "update registry.application set flow = 'client_credentials', run_as = '\(TokenHouse.user)'",
            "update registry.application set deleted = true, secret_hmac = null, pepper_id = null",
        ] {
            try await TokenHouse.runCodeFlow { house in
                try await house.sql(
                    harm + (harm.contains("application") ? " where client_id = '\(TokenHouse.webID)'" : ""))
                #expect(try await house.code() == nil, "\(harm)")
                #expect(try await house.count("token.code") == 0, "\(harm)")
                #expect(try await house.told("consent.given").isEmpty, "\(harm)")
            }
        }
    }

    @Test(arguments: ["", "x", ".", "...", "1.2.3.4", "20786.20786.0190b5a0-0000-7000-8000-000000000001.AAAA"])
    func `that was never ours is refused`(code: String) async throws {
        try await TokenHouse.runCodeFlow { house in
            let answer = try await house.exchange(TokenHouse.escaped(code))
            #expect(answer.refusal == (code.isEmpty ? "invalid_request" : "invalid_grant"))
        }
    }

    @Test func `stands as a digest only, and its consent and its token are told`() async throws {
        // Without a broker what is told goes through the outbox, where it is seen.
        try await TokenHouse.runCodeFlow(["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"]) { house in
            let code = try #require(try await house.code())
            let tokens = try TokenHouse.Tokens(await house.exchange(code))
            let last = try #require(code.split(separator: ".").last)
            #expect(try await house.count("token.code k where k::text like '%\(last)%'") == 0)
            let refresh = try #require(tokens.refresh.split(separator: ".").last)
            #expect(try await house.count("token.consent g where g::text like '%\(refresh)%'") == 0)
            for (type, operation) in [("consent.given", "AUTHORIZE"), ("token.issued", "ISSUE")] {
                let fact = try #require(try await house.told(type).first)
                #expect(fact["operation"] == .string(operation) && fact["user"]?["name"] == "Ann")
                #expect(fact["application"]?["name"] == "Web shop" && fact["ip"]?.string != nil)
            }
            #expect(try await house.count("told where payload::text like '%\(refresh)%'") == 0)
        }
    }
}
