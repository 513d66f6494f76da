import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing
import Token

@Suite struct `An assertion` {
    private static let failure = #"{"error":"invalid_client","error_description":"Client authentication failed."}"#

    @Test func `authenticates its client at every endpoint, and once`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let assertion = holder.assertion()
            let issued = try await house.ask(assertion)
            #expect(issued.status == 200, "\(issued.text)")
            let token = try #require(try issued.json()["access_token"]?.string)
            let again = try await house.ask(assertion)
            #expect(again.status == 401 && again.text == Self.failure)

            let live = try await house.ask(holder.assertion(), "token=\(token)", at: "/oauth/introspect")
            #expect(try live.json()["client_id"] == .string(TokenHouse.clientID))
            let unknown = try await house.ask(holder.assertion(), "token=nonsense", at: "/oauth/introspect")
            #expect(unknown.text == #"{"active":false}"#)
            #expect(try await house.ask(holder.assertion(), "token=\(token)", at: "/oauth/revoke").status == 200)
            #expect(try await house.introspect(token) == #"{"active":false}"#)

            // One that was used at one endpoint is used at all.
            let spent = holder.assertion()
            #expect(try await house.ask(spent, "token=x", at: "/oauth/revoke").status == 200)
            for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke"] {
                #expect(try await house.ask(spent, "grant_type=client_credentials&token=x", at: path).status == 401)
            }
            #expect(try await house.count("token.used_assertion") == 5)
            try await eventually("last use is written") { try await house.count("token.usage") == 1 }
        }
    }

    @Test func `leaves the secret as it is: either proves the client`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let form = "grant_type=client_credentials"
            #expect(try await house.post("/oauth/token", form, authorization: house.basic()).status == 200)
            #expect(try await house.ask(holder.assertion()).status == 200)
            #expect(
                try await house.post("/oauth/token", form, authorization: house.basic(TokenHouse.clientID, "ghs_x"))
                    .status == 401)
        }
    }

    /// Each its own way in: nobody knows which of two the server has looked at.
    @Test func `stands alone`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let by = "grant_type=client_credentials&client_assertion_type=\(KeyHolder.kind)&client_assertion="
            let assertion = holder.assertion()
            let two: [(String, String?)] = [
                (by + assertion, house.basic()), (by + assertion, "Bearer x"),
                (by + assertion + "&client_secret=\(house.secret)", nil),
                (by + assertion + "&client_id=\(TokenHouse.clientID)&client_secret=x", nil),
                (by + assertion + "&client_assertion=\(assertion)", nil),
                (by + assertion + "&client_id=\(TokenHouse.otherID)", nil), (by + assertion + "&client_id=x", nil),
                ("grant_type=client_credentials&client_assertion=\(assertion)", nil),
                ("grant_type=client_credentials&client_assertion_type=\(KeyHolder.kind)", nil),
                (
                    "grant_type=client_credentials&client_assertion=\(assertion)&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Asaml2-bearer",
                    nil
                ),
            ]
            for (form, authorization) in two {
                let answer = try await house.post("/oauth/token", form, authorization: authorization)
                #expect(answer.status == 400, "\(form.suffix(80))")
                #expect(try answer.json()["error"] == "invalid_request")
            }
            #expect(
                try await house.post("/oauth/token", by + assertion + "&client_id=\(TokenHouse.clientID)").status == 200
            )
        }
    }

    @Test func `fails alike, whatever is wrong with it or its client`() async throws {
        try await TokenHouse.run { house in
            let (holder, other) = (KeyHolder(), KeyHolder())
            try await house.give([holder.jwk])
            let used = holder.assertion()
            #expect(try await house.ask(used).status == 200)
            let id = JSON.string(TokenHouse.otherID)
            var answers = [
                try await house.ask(used), try await house.ask(other.assertion()),
                try await house.ask(
                    other.assertion(["iss": .string(KeyHolder.nobody), "sub": .string(KeyHolder.nobody)])),
                try await house.ask(holder.assertion(["iss": id, "sub": id])),
                try await house.ask(holder.assertion(["exp": 1])), try await house.ask("nonsense"),
                try await house.post(
                    "/oauth/token", "grant_type=client_credentials",
                    authorization: house.basic(TokenHouse.clientID, "ghs_wrong")),
            ]
            try await house.sql("update registry.application set enabled = false where name = 'Shop sync'")
            answers.append(try await house.ask(holder.assertion()))
            for answer in answers {
                #expect(answer.status == 401 && answer.text == Self.failure)
                #expect(answer["WWW-Authenticate"] == "Basic realm=\"oauth\", charset=\"UTF-8\"")
                #expect(answer["Cache-Control"] == "no-store" && answer["Retry-After"] == nil)
            }
            // A stranger spends nothing, nor does a client that is disabled.
            #expect(try await house.count("token.used_assertion") == 1)
        }
    }

    /// Claims as of the moment of a request.
    private typealias Claims = (_ now: Int64) -> JSON.Object

    @Test func `is taken where its claims are as they must be`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let claims: [Claims] = [
                { _ in ["aud": [.string(KeyHolder.issuer)]] }, { _ in ["iat": nil] }, { ["exp": .integer($0 + 300)] },
                { ["iat": .integer($0 - 60), "exp": .integer($0 - 1)] }, { ["exp": .number(Double($0) + 30.5)] },
                { ["iat": .integer($0 + 20)] },
                { ["nbf": .integer($0 - 3600)] }, { ["nbf": .integer($0 + 20)] },
                { _ in ["scope": "read:segments", "x": [1, [2]]] }, { _ in ["jti": "x"] },
                { _ in ["jti": "\u{1F600}\u{202E}"] }, { _ in ["jti": .string(String(repeating: "j", count: 8_000))] },
            ]
            for claims in claims {
                let more = claims(Timestamp.now().seconds)
                let answer = try await house.ask(holder.assertion(more))
                #expect(answer.status == 200, "\(JSON.object(more).text.prefix(100)) \(answer.text)")
            }
            for type in ["JWT", "jwt", "client-authentication+jwt"] {
                #expect(try await house.ask(holder.assertion([:], ["typ": .string(type)])).status == 200, "\(type)")
            }
        }
    }

    @Test func `is refused where a claim is not as it must be`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            try await house.give([holder.jwk], to: TokenHouse.otherID)
            let issuer = JSON.string(KeyHolder.issuer)
            let fixed: [JSON.Object] = [
                ["iss": nil], ["sub": nil], ["iss": .string(TokenHouse.otherID)], ["sub": .string(TokenHouse.otherID)],
                ["iss": 7], ["iss": ["x"]], ["iss": "", "sub": ""], ["iss": .string(TokenHouse.clientID + " ")],
                ["aud": nil], ["aud": ""], ["aud": []], ["aud": [issuer, issuer]],
                ["aud": [issuer, "https://a.example"]], ["aud": "http://127.0.0.1:8080/"],
                ["aud": "http://127.0.0.1:8080/oauth/token"], ["aud": "HTTP://127.0.0.1:8080"], ["aud": [["x"]]],
                ["aud": ["a": issuer]], ["aud": 7], ["exp": nil], ["exp": .integer(.max)], ["exp": .number(1e300)],
                ["exp": "2100"], ["exp": true], ["exp": .integer(.min)], ["exp": 1], ["iat": "x"],
                ["iat": .number(1e300)], ["nbf": []], ["jti": nil], ["jti": ""], ["jti": 7], ["jti": ["x"]],
            ]
            let moving: [Claims] = [
                { ["exp": .integer($0 - 31)] }, { ["exp": .integer($0 + 600)] }, { ["exp": .string("\($0 + 60)")] },
                { ["iat": .integer($0 + 200), "exp": .integer($0 + 290)] },
                { ["nbf": .integer($0 + 200), "exp": .integer($0 + 290)] },
                { ["iat": .integer($0 + 20), "exp": .integer($0 + 10)] },
                { ["nbf": .integer($0 + 20), "exp": .integer($0 + 10)] },
            ]
            for claims in moving + fixed.map({ object in { _ in object } }) {
                let more = claims(Timestamp.now().seconds)
                let answer = try await house.ask(holder.assertion(more))
                #expect(answer.status == 401 && answer.text == Self.failure, "\(JSON.object(more).text)")
            }
            #expect(try await house.count("token.used_assertion") == 0)
        }
    }

    @Test func `is used once among a hundred at once, over two replicas`() async throws {
        try await TokenHouse.run { house in
            try await house.withReplica { other in
                let holder = KeyHolder()
                try await house.give([holder.jwk])
                for _ in 0..<3 {
                    let assertion = holder.assertion()
                    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                        for number in 0..<100 {
                            group.addTask { try await (number % 2 == 0 ? house : other).ask(assertion).status }
                        }
                        var statuses: [Int: Int] = [:]
                        for try await status in group { statuses[status, default: 0] += 1 }
                        return statuses
                    }
                    #expect(statuses[200] == 1, "\(statuses)")
                    #expect(statuses.keys.allSatisfy { [200, 401, 429].contains($0) }, "\(statuses)")
                }
                #expect(try await house.count("token.used_assertion") == 3)
            }
        }
    }

    @Test func `is one client's: another may use the same jti`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            for id in [TokenHouse.clientID, TokenHouse.otherID] {
                try await house.give([holder.jwk], to: id)
                let claims: JSON.Object = ["iss": .string(id), "sub": .string(id), "jti": "1"]
                #expect(try await house.ask(holder.assertion(claims)).status == 200)
                #expect(try await house.ask(holder.assertion(claims)).status == 401)
            }
        }
    }

    @Test func `is forgotten a minute after it has expired by the database's clock, and not taken again`() async throws
    {
        try await TokenHouse.run { house in
            try await house.sql(
                """
                insert into token.used_assertion (client_id, jti, expires_at)
                select 'x', sha256(n::text::bytea), now() + n * interval '1 minute'
                from unnest('{-600,-30,-2,1,5}'::int[]) n
                """)
            // A replica sweeps as it starts, and every minute.
            try await house.withReplica { _ in
                try await eventually("what has expired is gone") { try await house.count("token.used_assertion") <= 2 }
            }
            #expect(try await house.count("token.used_assertion where expires_at > now()") == 2)

            // What a replica with a late clock still takes for good, the database does not.
            let use = try #require(Statements.all.first { $0.sql.contains("insert into token.used_assertion") })
            let now = Timestamp.now()
            for (expires, taken) in [(now - .seconds(5), 0), (now + .seconds(60), 1), (now + .seconds(60), 0)] {
                let values: [Value] = [.text("y"), .bytea([UInt8](repeating: 1, count: 32)), .timestamp(expires)]
                let uses = try await house.service.database.query(Statement(use.sql), values, as: "token").count
                #expect(uses == taken)
            }
        }
    }

    @Test func `obeys the IP lists, and tells only who has authenticated`() async throws {
        try await TokenHouse.run { house in
            let (holder, other) = (KeyHolder(), KeyHolder())
            try await house.give([holder.jwk])
            try await house.sql(
                """
                update registry.application set ip_ranges = '[{"range": "203.0.113.7", "note": ""}]' where name = 'Shop sync';
                insert into registry.application_range (client_id, low, high, revision)
                values ('\(TokenHouse.clientID)', '\\x00000000000000000000ffffcb007107', '\\x00000000000000000000ffffcb007107', 1)
                """)
            func ask(_ assertion: String, from address: String) async throws -> JSON? {
                try await house.ask(assertion, headers: ["X-Forwarded-For": address]).json()["error"]
            }
            #expect(try await ask(holder.assertion(), from: "203.0.113.7") == nil)
            #expect(try await ask(holder.assertion(), from: "203.0.113.8") == "unauthorized_client")
            #expect(try await ask(other.assertion(), from: "203.0.113.8") == "invalid_client")
        }
    }

    @Test func `that is wrong too often is answered 429, and a right one passes`() async throws {
        try await TokenHouse.run(["FAILURES_PER_CLIENT": "3"]) { house in
            let (holder, other) = (KeyHolder(), KeyHolder())
            try await house.give([holder.jwk])
            var statuses: [Int] = []
            for _ in 0..<6 {
                let answer = try await house.ask(other.assertion())
                statuses.append(answer.status)
                if answer.status == 429 { #expect(answer["Retry-After"] != nil) }
            }
            // A minute may have begun meanwhile.
            #expect(statuses.filter { $0 == 401 }.count >= 3 && statuses.contains(429))
            #expect(try await house.ask(holder.assertion()).status == 200)
        }
    }

    @Test func `gives a token of the epoch that was read with the keys: a rotation meanwhile kills it`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let before = try await house.ask(holder.assertion()).json()["access_token"]?.string ?? ""
            try await house.sql("update registry.application set epoch = 2, min_epoch = 2 where name = 'Shop sync'")
            let after = try await house.ask(holder.assertion()).json()["access_token"]?.string ?? ""
            #expect(try await house.introspect(before) == #"{"active":false}"#)
            #expect(try await house.introspect(after).contains(#""active":true"#))
        }
    }

    /// As a head that is held would keep all changes waiting (K2).
    @Test func `passes while every change waits`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let assertion = holder.assertion()
            var tokens: [String] = []
            for _ in 0..<8 { tokens.append(try await house.token()) }
            let status = try await house.service.database.holding("select from token.head for update") { [tokens] in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for token in tokens {
                        group.addTask {
                            _ = try await house.post("/oauth/revoke", "token=\(token)", authorization: house.basic())
                        }
                    }
                    try await eventually("changes queue for a connection") {
                        try await house.service.metrics().values("gatehouse_postgres_queued").last ?? 0 > 0
                    }
                    let status = try await house.ask(assertion).status
                    try await group.waitForAll()
                    return status
                }
            }
            #expect(status == 200)
        }
    }
}
