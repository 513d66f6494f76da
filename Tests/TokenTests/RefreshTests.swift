import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct `A refresh token` {
    @Test func `gives new tokens and its successor, of the same grant`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let first = try await house.tokens()
            #expect(first.refresh.split(separator: ".").count == 4)
            let second = try TokenHouse.Tokens(await house.refresh(first.refresh))
            let third = try TokenHouse.Tokens(await house.refresh(second.refresh))
            #expect(Set([first.refresh, second.refresh, third.refresh]).count == 3)
            #expect(Set([first.access, second.access, third.access]).count == 3)
            #expect(first.claims["gid"] == third.claims["gid"] && third.scope == "read:segments write:segments")
            #expect(third.claims["epoch"] == 1 && third.claims["uep"] == 1)
            #expect(try await house.count("token.consent where generation = 3") == 1)
            // Nobody revokes what was given before.
            #expect(try await house.introspect(first.access, as: TokenHouse.webID).contains(#""active":true"#))
        }
    }

    @Test func `used twice revokes its family`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let first = try await house.tokens()
            let second = try TokenHouse.Tokens(await house.refresh(first.refresh))
            #expect(try await house.refresh(first.refresh).refusal == "invalid_grant")
            #expect(try await house.refresh(second.refresh).refusal == "invalid_grant")
            for token in [first.access, second.access, second.refresh] {
                #expect(try await house.introspect(token, as: TokenHouse.webID) == TokenHouse.inactive)
            }
            let told = try await house.told("family.revoked")
            #expect(told.count == 1 && told.first?["reason"] == "refresh_token_reused")
        }
    }

    @Test func `given to a hundred refreshes at once gives tokens to exactly one`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let token = try await house.tokens().refresh
            let statuses = try await house.atOnce(100, "grant_type=refresh_token&refresh_token=\(token)")
            #expect(statuses == [200: 1, 400: 99])
            #expect(try await house.told("family.revoked").count == 1)
        }
    }

    @Test func `within the grace gives the same successor to a retry`() async throws {
        try await TokenHouse.runCodeFlow(["REFRESH_GRACE": "60s"]) { house in
            let token = try await house.tokens().refresh
            let second = try TokenHouse.Tokens(await house.refresh(token))
            let again = try TokenHouse.Tokens(await house.refresh(token))
            #expect(again.refresh == second.refresh && again.access != second.access)
            let retries = try await house.atOnce(20, "grant_type=refresh_token&refresh_token=\(token)")
            #expect(retries == [200: 20])
            // Once the successor is used, nobody needs it again.
            _ = try TokenHouse.Tokens(await house.refresh(second.refresh))
            #expect(try await house.refresh(token).refusal == "invalid_grant")
            #expect(try await house.told("family.revoked").count == 1)
        }
    }

    @Test func `after the grace is reused`() async throws {
        try await TokenHouse.runCodeFlow(["REFRESH_GRACE": "30s"]) { house in
            let token = try await house.tokens().refresh
            _ = try TokenHouse.Tokens(await house.refresh(token))
            try await house.sql("update token.consent set rotated_at = now() - interval '31 seconds'")
            #expect(try await house.refresh(token).refusal == "invalid_grant")
            #expect(try await house.told("family.revoked").count == 1)
        }
    }

    @Test func `may be narrowed for one token, and never widened`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let first = try await house.tokens(["read:segments"])
            for wider in ["write:segments", "read:segments write:segments", "read:profiles", "x\"", "read:segments  "] {
                #expect(try await house.refresh(first.refresh, scope: wider).refusal == "invalid_scope", "\(wider)")
            }
            let both = try await house.tokens()
            let narrow = try TokenHouse.Tokens(await house.refresh(both.refresh, scope: "read:segments"))
            #expect(narrow.scope == "read:segments" && narrow.claims["scope"] == "read:segments")
            let whole = try TokenHouse.Tokens(await house.refresh(narrow.refresh))
            #expect(whole.scope == "read:segments write:segments")
            // What was refused has used nothing up.
            #expect(try await house.refresh(first.refresh).status == 200)
        }
    }

    @Test func `gives of what was consented to what the application still has`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let first = try await house.tokens()
            try await house.sql("update registry.application set scopes = '{read:segments,read:profiles}'")
            let second = try TokenHouse.Tokens(await house.refresh(first.refresh))
            #expect(second.scope == "read:segments")
            try await house.sql("update registry.application set scopes = '{read:profiles}'")
            #expect(try await house.refresh(second.refresh).refusal == "invalid_scope")
            try await house.sql("update registry.application set scopes = '{read:segments,write:segments}'")
            let third = try TokenHouse.Tokens(await house.refresh(second.refresh))
            #expect(third.scope == "read:segments write:segments")
        }
    }

    @Test(
        arguments: [
            (
                "update policy.account set active = false where not system", "invalid_grant",
                "update policy.account set active = true where not system"
            ),
            ("update policy.account set epoch = 2, min_epoch = 2", "invalid_grant", nil),
            ("update registry.application set epoch = 2, min_epoch = 2", "invalid_grant", nil),
            ("update registry.application set epoch = 2", nil, nil),
            ("update token.consent set expires_at = now()", "invalid_grant", nil),
            (
                "update registry.application set enabled = false", "401",
                "update registry.application set enabled = true"
            ),
            (
                "update registry.application set flow = 'client_credentials', run_as = '\(TokenHouse.user)'",
                "unauthorized_client", nil
            ),
        ] as [(String, String?, String?)])
    func `is bound by the epochs, the user and the application, and lives again with them`(
        harm: String, error: String?, mend: String?
    ) async throws {
        try await TokenHouse.runCodeFlow { house in
            let token = try await house.tokens().refresh
            try await house.sql(harm)
            let answer = try await house.refresh(token)
            #expect(error == nil ? answer.status == 200 : answer.refusal == error)
            guard let mend else { return }
            try await house.sql(mend)
            #expect(try await house.refresh(token).status == 200)
        }
    }

    @Test func `is good for its own client only, and harmed by no other`() async throws {
        try await TokenHouse.runCodeFlow { house in
            try await house.sql(
                """
                update registry.application set flow = 'authorization_code', run_as = null,
                    redirect_uris = '{\(TokenHouse.callback)}', website_url = 'https://other.example.com/'
                where client_id = '\(TokenHouse.otherID)'
                """)
            let first = try await house.tokens()
            #expect(try await house.refresh(first.refresh, as: TokenHouse.otherID).refusal == "invalid_grant")
            let second = try TokenHouse.Tokens(await house.refresh(first.refresh))
            #expect(try await house.refresh(first.refresh, as: TokenHouse.otherID).refusal == "invalid_grant")
            #expect(try await house.refresh(second.refresh).status == 200)
        }
    }

    @Test func `that was changed in any byte is none`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let token = try await house.tokens().refresh
            var random = SeededRandom(seed: 7)
            for _ in 0..<40 {
                var bytes = Array(token.utf8)
                let place = Int.random(in: bytes.indices, using: &random)
                bytes[place] = bytes[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
                let changed = String(decoding: bytes, as: UTF8.self)
                #expect(try await house.refresh(changed).refusal == "invalid_grant", "\(changed)")
            }
            #expect(try await house.refresh(token + ".x").refusal == "invalid_grant")
            #expect(try await house.refresh(token).status == 200)
        }
    }

    @Test func `lives for a while unless it is used, and a grant has an end`() async throws {
        try await TokenHouse.runCodeFlow(["REFRESH_TOKEN_LIFE": "2h", "GRANT_LIFE": "3h"]) { house in
            let code = try #require(try await house.code(life: .seconds(3 * 3600)))
            let token = try TokenHouse.Tokens(await house.exchange(code)).refresh
            let within = "expires_at between now() + interval '119 minutes' and now() + interval '121 minutes'"
            #expect(try await house.count("token.consent where \(within)") == 1)
            try await house.sql("update token.consent set ends_at = now() + interval '1 hour'")
            _ = try TokenHouse.Tokens(await house.refresh(token))
            #expect(try await house.count("token.consent where expires_at = ends_at") == 1)
        }
    }
}
