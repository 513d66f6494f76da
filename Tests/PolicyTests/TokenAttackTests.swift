import Foundation
import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `A token that is not ours` {
    private func refuses(_ house: PolicyHouse, _ token: String, _ reason: String = "token_malformed") async throws {
        let answer = try await house.ask("GET", "/rest/v2/segments", token)
        #expect(answer.status == 401 && answer["X-Gatehouse-Reason"] == reason, "\(token.prefix(60))")
        #expect(answer["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
    }

    @Test func `is refused, however it is forged`() async throws {
        try await PolicyHouse.run { house in
            let good = try house.token()
            #expect(try await house.ask("GET", "/rest/v2/segments", good).status == 200)
            let parts = good.split(separator: ".").map(String.init)
            func header(_ text: String) -> String { Base64URL.text(Array(text.utf8)) }

            // Another algorithm, none at all, and the public key as if it were a secret (RFC 8725 §2.1).
            try await refuses(house, header(#"{"alg":"none","typ":"at+jwt","kid":"k1"}"#) + ".\(parts[1]).")
            try await refuses(house, header(#"{"alg":"none","typ":"at+jwt","kid":"k1"}"#) + ".\(parts[1]).\(parts[2])")
            let key = try house.publicKey
            let secret = try JWS.Signer(HMAC.Key(key.x + key.y), keyID: "k1", type: "at+jwt")
            try await refuses(
                house, String(decoding: secret.sign(JSON.object(PolicyHouse.claims()).bytes), as: UTF8.self))

            // Another's key under our name, and under one that nobody knows.
            for name in ["k1", "k2"] {
                let foreign = JWS.Signer(SigningKey(), keyID: name, type: "at+jwt")
                try await refuses(
                    house, String(decoding: foreign.sign(JSON.object(PolicyHouse.claims()).bytes), as: UTF8.self))
            }
            try await refuses(house, try house.token(keyID: "k2"))

            // Changed, cut, too much.
            let other = Base64URL.text(JSON.object(PolicyHouse.claims(of: PolicyHouse.bea)).bytes)
            try await refuses(house, "\(parts[0]).\(other).\(parts[2])")
            for count in [1, 10, good.count / 2, good.count - 1] {
                try await refuses(house, String(good.prefix(count)))
            }
            for text in [good + "A", good + ".", good + ".x", ".\(good)", "..", parts[1], "\(parts[0])..\(parts[2])"] {
                try await refuses(house, text)
            }
            try await refuses(house, String(repeating: "A", count: 17_000))
            #expect(try await house.ask("GET", "/rest/v2/segments", good).status == 200)
        }
    }

    @Test func `is refused when a claim is not as it must be`() async throws {
        try await PolicyHouse.run { house in
            let now = Int64(Date().timeIntervalSince1970)
            try await refuses(house, try house.token(type: "JWT"))
            let spoilt: [(String, JSON?)] = [
                ("iss", "https://elsewhere.example"), ("aud", "https://elsewhere.example"),
                ("aud", ["\(PolicyHouse.origin)"]),
                ("aud", nil), ("iss", nil), ("sub", nil), ("sub", "ann"), ("client_id", nil), ("client_id", "x"),
                ("scope", nil),
                ("scope", ["read:segments"]), ("iat", nil), ("exp", nil), ("exp", "\(now + 600)"), ("jti", nil),
                ("epoch", nil),
                ("epoch", "1"), ("uep", nil), ("gid", "x"), ("gid", nil), ("iat", .integer(now + 90)),
            ]
            for (name, value) in spoilt where !(name == "gid" && value == nil) {
                try await refuses(house, try house.token { $0[name] = value })
            }
        }
    }

    @Test func `is refused when its time is over, within the skew`() async throws {
        try await PolicyHouse.run { house in
            let now = Int64(Date().timeIntervalSince1970)
            #expect(
                try await house.ask("GET", "/rest/v2/segments", house.token { $0["exp"] = .integer(now - 20) }).status
                    == 200)
            #expect(
                try await house.ask("GET", "/rest/v2/segments", house.token { $0["iat"] = .integer(now + 20) }).status
                    == 200)
            for _ in 1...2 {
                try await refuses(house, try house.token { $0["exp"] = .integer(now - 40) }, "token_expired")
            }
        }
    }

    @Test func `is refused when its epoch, its grant or itself was revoked`() async throws {
        try await PolicyHouse.run { house in
            let token = try house.token { $0["jti"] = "01900000-0000-7000-8000-0000000000f1" }
            let granted = try house.token { $0["gid"] = "01900000-0000-7000-8000-0000000000f2" }
            for token in [token, granted] {
                #expect(try await house.ask("GET", "/rest/v2/segments", token).status == 200)
            }
            try await house.change(
                "token",
                """
                insert into token.revocation values
                    ('token', '01900000-0000-7000-8000-0000000000f1', '\(PolicyHouse.sync)', now() + interval '1 hour', 2),
                    ('grant', '01900000-0000-7000-8000-0000000000f2', '\(PolicyHouse.sync)', now() + interval '1 hour', 2)
                """)
            _ = await house.barrier(.token, .init(2))
            for token in [token, granted] { try await refuses(house, token, "token_revoked") }

            let fresh = try house.token()
            #expect(try await house.ask("GET", "/rest/v2/segments", fresh).status == 200)
            try await house.change(
                "registry",
                "update registry.application set epoch = 2, min_epoch = 2, revision = 2 where client_id = '\(PolicyHouse.sync)'"
            )
            _ = await house.barrier(.registry, .init(2))
            try await refuses(house, fresh, "token_revoked")
            #expect(try await house.ask("GET", "/rest/v2/segments", house.token { $0["epoch"] = 2 }).status == 200)
        }
    }

    @Test func `is ours as soon as its new key is published, without a word from anybody`() async throws {
        try await PolicyHouse.run(["LEASE_TTL": "60s"]) { house in
            let early = try house.token(keyID: "k2")
            let copied = "insert into token.signing_key (kid, jwk, sealed, use_from, revision) "
            try await house.change("token", copied + "select 'k2', jwk, sealed, use_from, 2 from token.signing_key")
            #expect(try await house.ask("GET", "/rest/v2/segments", early).status == 200)
        }
    }
}
