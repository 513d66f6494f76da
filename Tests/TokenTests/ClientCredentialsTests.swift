import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct `Client credentials` {
    @Test func `give a token that names user, application, scope and both epochs`() async throws {
        try await TokenHouse.run { house in
            let answer = try await house.post(
                "/oauth/token", "grant_type=client_credentials", authorization: house.basic())
            #expect(answer.status == 200)
            #expect(answer["Cache-Control"] == "no-store")
            #expect(answer["Content-Type"] == "application/json")
            let body = try answer.json()
            #expect(body["token_type"] == "Bearer" && body["expires_in"] == 3600)
            #expect(body["scope"] == "read:segments write:segments")
            #expect(body.object?.names.sorted() == ["access_token", "expires_in", "scope", "token_type"])

            let jwks = try await house.service.client.send("GET", "/oauth/jwks")
            #expect(jwks["Cache-Control"] == "public, max-age=600")
            let jws = try JWS(parsing: try #require(body["access_token"]?.string))
            #expect(jws.type == "at+jwt" && jws.algorithm == .es256)
            let key = try #require(try JWKSet(jwks.json()).key(named: jws.keyID))
            let claims = try JSON(parsing: jws.payload(verifiedBy: key.verifier))
            #expect(claims["iss"] == "http://127.0.0.1:8080" && claims["aud"] == "http://127.0.0.1:8080")
            #expect(claims["sub"] == .string(TokenHouse.user))
            #expect(claims["client_id"] == .string(TokenHouse.clientID))
            #expect(claims["epoch"] == 1 && claims["uep"] == 1)
            #expect((claims["exp"]?.integer ?? 0) - (claims["iat"]?.integer ?? 0) == 3600)
        }
    }

    @Test func `come by either method, and never by both`() async throws {
        try await TokenHouse.run { house in
            let id = TokenHouse.clientID
            let post = "grant_type=client_credentials&client_id=\(id)&client_secret=\(house.secret)"
            #expect(try await house.post("/oauth/token", post).status == 200)
            let both = try await house.post("/oauth/token", post, authorization: house.basic())
            #expect(both.status == 400 && both.text.contains("invalid_request"))
            let named = "grant_type=client_credentials&client_id=\(id)"
            #expect(try await house.post("/oauth/token", named, authorization: house.basic()).status == 200)
            let other = "grant_type=client_credentials&client_id=\(TokenHouse.otherID)"
            #expect(try await house.post("/oauth/token", other, authorization: house.basic()).status == 400)
        }
    }

    @Test func `fail alike for an unknown client, a wrong secret and a disabled application`() async throws {
        try await TokenHouse.run { house in
            let form = "grant_type=client_credentials"
            let wrong = try await house.post(
                "/oauth/token", form, authorization: house.basic(TokenHouse.clientID, "ghs_wrong"))
            let unknown = try await house.post(
                "/oauth/token", form, authorization: house.basic(String(repeating: "z", count: 32)))
            let absent = try await house.post("/oauth/token", form)
            try await house.sql("update registry.application set enabled = false where name = 'Shop sync'")
            let disabled = try await house.post("/oauth/token", form, authorization: house.basic())
            for answer in [wrong, unknown, absent, disabled] {
                #expect(answer.status == 401)
                #expect(answer["WWW-Authenticate"] == "Basic realm=\"oauth\", charset=\"UTF-8\"")
                #expect(
                    answer.text == #"{"error":"invalid_client","error_description":"Client authentication failed."}"#)
            }
        }
    }

    @Test(arguments: [
        ("grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
        ("grant_type=client_credentials&scope=read%3Asegments&scope=x", 400, "invalid_request"),
        ("scope=read%3Asegments", 400, "invalid_request"), ("", 400, "invalid_request"),
        ("grant_type=client_credentials&x=%ff", 400, "invalid_request"),
        ("grant_type=client_credentials&x=%00", 400, "invalid_request"),
        ("grant_type=client_credentials&x=%zz", 400, "invalid_request"),
        ("grant_type=password", 400, "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", 400, "unauthorized_client"),
        ("grant_type=refresh_token&refresh_token=x", 400, "unauthorized_client"),
        ("grant_type=client_credentials&scope=read%3Ausers", 400, "invalid_scope"),
        ("grant_type=client_credentials&scope=&scope=", 400, "invalid_request"),
        ("grant_type=client_credentials&scope=read%3Asegments&scope=", 400, "invalid_request"),
        ("grant_type=", 400, "invalid_request"),
        ("grant_type=client_credentials&scope=read%3Asegments++write%3Asegments", 400, "invalid_scope"),
        ("grant_type=client_credentials&scope=%22", 400, "invalid_scope"),
    ])
    func `refuse what the RFC refuses`(form: String, status: Int, error: String) async throws {
        try await TokenHouse.run { house in
            let answer = try await house.post("/oauth/token", form, authorization: house.basic())
            #expect(answer.status == status)
            #expect(try answer.json()["error"] == .string(error))
        }
    }

    @Test func `refuse hostile requests with a clear answer, and go on`() async throws {
        try await TokenHouse.run { house in
            let form = "grant_type=client_credentials"
            let huge = form + "&x=" + String(repeating: "a", count: 2 << 20)
            #expect(try await house.post("/oauth/token", huge, authorization: house.basic()).status == 413)
            for header in [
                "Basic", "Basic !!!", "Basic Og==", "Bearer x", "Basic " + String(repeating: "A", count: 4000),
            ] {
                #expect(try await house.post("/oauth/token", form, authorization: header).status == 401)
            }
            let json = try await house.post(
                "/oauth/token", #"{"grant_type":"client_credentials"}"#, authorization: house.basic(),
                headers: ["Content-Type": "application/json"])
            #expect(json.status == 400)
            #expect(
                try await house.post("/oauth/token?grant_type=client_credentials", form, authorization: house.basic())
                    .status == 400)
            #expect(try await house.service.client.send("GET", "/oauth/token").status == 405)
            #expect(try await house.post("/oauth/token", form, authorization: house.basic()).status == 200)
        }
    }

    @Test func `take a parameter without a value for omitted`() async throws {
        try await TokenHouse.run { house in
            for form in ["scope=", "scope", "client_secret=", "client_id=&client_secret&client_assertion="] {
                let answer = try await house.post(
                    "/oauth/token", "grant_type=client_credentials&\(form)", authorization: house.basic())
                #expect(answer.status == 200, "\(form)")
                #expect(try answer.json()["scope"] == "read:segments write:segments", "\(form)")
            }
            let post = "grant_type=client_credentials&client_id=\(TokenHouse.clientID)&client_secret="
            #expect(try await house.post("/oauth/token", post).status == 401)
        }
    }

    @Test func `give a part of the scopes when asked`() async throws {
        try await TokenHouse.run { house in
            let answer = try await house.post(
                "/oauth/token", "grant_type=client_credentials&scope=read%3Asegments", authorization: house.basic())
            #expect(try answer.json()["scope"] == "read:segments")
        }
    }

    @Test func `give nothing when the user under whom the application acts is not active`() async throws {
        try await TokenHouse.run { house in
            try await house.sql("update policy.account set active = false where name = 'Ann'")
            let answer = try await house.post(
                "/oauth/token", "grant_type=client_credentials", authorization: house.basic())
            #expect(answer.status == 400)
            #expect(try answer.json()["error"] == "invalid_grant")
        }
    }

    @Test func `obey both IP lists, and tell only who has authenticated`() async throws {
        try await TokenHouse.run { house in
            func ask(_ address: String, _ secret: String? = nil) async throws -> TestAnswer {
                try await house.post(
                    "/oauth/token", "grant_type=client_credentials",
                    authorization: house.basic(TokenHouse.clientID, secret),
                    headers: ["X-Forwarded-For": address])
            }
            func bytes(_ text: String) throws -> String {
                try Address(text).bytes.map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
            }
            try await house.sql(
                "update registry.application set ip_ranges = '[{\"range\": \"203.0.113.0/24\", \"note\": \"\"}]' where client_id = '\(TokenHouse.clientID)'"
            )
            try await house.sql(
                """
                insert into registry.application_range (client_id, low, high, revision)
                values ('\(TokenHouse.clientID)', '\\x\(bytes("203.0.113.0"))', '\\x\(bytes("203.0.113.255"))', 1)
                """)
            #expect(try await ask("203.0.113.7").status == 200)
            #expect(try await ask("203.0.114.0").json()["error"] == "unauthorized_client")
            #expect(try await ask("203.0.112.255").json()["error"] == "unauthorized_client")
            #expect(try await ask("203.0.114.0", "ghs_wrong").json()["error"] == "invalid_client")
            try await house.sql(
                """
                insert into policy.network_range (low, high, revision)
                values ('\\x\(bytes("203.0.113.8"))', '\\x\(bytes("203.0.113.9"))', 1)
                """)
            #expect(try await ask("203.0.113.7").json()["error"] == "unauthorized_client")
            #expect(try await ask("203.0.113.8").status == 200)
            #expect(try await ask("203.0.113.8, 203.0.113.7").json()["error"] == "unauthorized_client")
            #expect(try await ask("nonsense").json()["error"] == "invalid_request")
        }
    }

    @Test func `answer 429 after too many failures, and still let the right secret in`() async throws {
        try await TokenHouse.run(["FAILURES_PER_CLIENT": "3"]) { house in
            let form = "grant_type=client_credentials"
            var statuses: [Int] = []
            for _ in 0..<6 {
                let answer = try await house.post(
                    "/oauth/token", form, authorization: house.basic(TokenHouse.clientID, "ghs_wrong"))
                statuses.append(answer.status)
                if answer.status == 429 { #expect(answer["Retry-After"] != nil) }
            }
            #expect(statuses.filter { $0 == 401 }.count >= 3 && statuses.contains(429))
            #expect(try await house.post("/oauth/token", form, authorization: house.basic()).status == 200)
        }
    }
}
