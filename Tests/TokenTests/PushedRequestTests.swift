import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct `A pushed authorization request` {
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    private static let right = [
        "response_type": "code", "redirect_uri": TokenHouse.callback, "code_challenge": challenge,
        "code_challenge_method": "S256", "state": "s",
    ]

    private func form(_ changes: [String: String?] = [:]) -> String {
        let fields = Self.right.merging(changes.compactMapValues { $0 }) { $1 }.filter { changes[$0.key] != .some(nil) }
        return fields.map { "\($0.key)=\(TokenHouse.escaped($0.value))" }.joined(separator: "&")
    }

    @Test func `is kept for at most ninety seconds under a name that cannot be guessed`() async throws {
        try await TokenHouse.runCodeFlow { house in
            let answer = try await house.post("/oauth/par", form(), authorization: house.basic(TokenHouse.webID))
            #expect(answer.status == 201 && answer["Cache-Control"] == "no-store")
            let body = try answer.json()
            #expect(body.object?.names.sorted() == ["expires_in", "request_uri"])
            #expect((1...90).contains(try #require(body["expires_in"]?.integer)))
            let uri = try #require(body["request_uri"]?.string)
            #expect(uri.hasPrefix("urn:ietf:params:oauth:request_uri:"))
            #expect(
                try await house.count("token.pushed_request where expires_at <= now() + interval '90 seconds'") == 1)
            let secret = try #require(uri.split(separator: ".").last)
            #expect(try await house.count("token.pushed_request r where r::text like '%\(secret)%'") == 0)
            // Of what authenticated the client nothing is kept.
            let posted = form(["client_id": TokenHouse.webID, "client_secret": house.secret])
            #expect(try await house.post("/oauth/par", posted).status == 201)
            #expect(try await house.count("token.pushed_request r where r::text like '%\(house.secret)%'") == 0)
        }
    }

    @Test(
        arguments: [
            (["redirect_uri": nil], "invalid_request"),
            (["redirect_uri": "https://evil.example.com/"], "invalid_request"),
            (["redirect_uri": TokenHouse.callback + "/"], "invalid_request"),
            (["response_type": nil], "invalid_request"),
            (["response_type": "token"], "unsupported_response_type"), (["code_challenge": nil], "invalid_request"),
            (["code_challenge_method": nil], "invalid_request"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge": "x"], "invalid_request"), (["scope": "read:profiles"], "invalid_scope"),
            (["scope": "a  b"], "invalid_scope"), (["request_uri": "urn:x"], "invalid_request"),
            (["request": "e30."], "request_not_supported"),
            (["client_id": TokenHouse.otherID], "invalid_request"),
        ] as [([String: String?], String)])
    func `is refused where the request itself would be`(changes: [String: String?], error: String) async throws {
        try await TokenHouse.runCodeFlow { house in
            let answer = try await house.post(
                "/oauth/par", form(changes), authorization: house.basic(TokenHouse.webID))
            #expect(answer.refusal == error)
            #expect(try await house.count("token.pushed_request") == 0)
        }
    }

    @Test func `comes from an authenticated client of the code flow`() async throws {
        try await TokenHouse.runCodeFlow { house in
            #expect(try await house.post("/oauth/par", form()).status == 401)
            let wrong = try await house.post(
                "/oauth/par", form(), authorization: house.basic(TokenHouse.webID, "ghs_wrong"))
            #expect(wrong.status == 401)
            #expect(
                try await house.post("/oauth/par", form(), authorization: house.basic()).refusal
                    == "unauthorized_client")
            let twice = form() + "&state=t"
            #expect(
                try await house.post("/oauth/par", twice, authorization: house.basic(TokenHouse.webID)).refusal
                    == "invalid_request")
        }
    }
}
