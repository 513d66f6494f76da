import GatehouseJSON
import TestSupport
import Testing

/// What a request costs the database, by the count that `/metrics` shows.
@Suite struct `Round trips` {
    @Test func `a token takes one, an introspection one, the keys none`() async throws {
        try await TokenHouse.run { house in
            let token = try await house.token()
            let issue = try await trips(house) { _ = try await house.token() }
            let introspection = try await trips(house) { _ = try await house.introspect(token) }
            let keys = try await trips(house) { _ = try await house.service.client.send("GET", "/oauth/jwks") }
            #expect(issue == 1 && introspection == 1 && keys == 0)
        }
    }

    @Test func `an assertion takes one more to be used once, and a failure one, whatever has failed`() async throws {
        try await TokenHouse.run(["FAILURES_PER_CLIENT": "1000000", "FAILURES_PER_ADDRESS": "1000000"]) { house in
            let (holder, other) = (KeyHolder(), KeyHolder())
            try await house.give([holder.jwk])
            let token = try await house.token()
            func ask(_ assertion: String, _ form: String, _ path: String, _ status: Int) async throws {
                let answer = try await house.ask(assertion, form, at: path)
                #expect(answer.status == status)
            }
            func cost(_ status: Int, _ assertion: () -> String) async throws -> Double {
                try await trips(house, of: 1) {
                    try await ask(assertion(), "grant_type=client_credentials", "/oauth/token", status)
                }
            }
            func named(_ id: String) -> JSON.Object { ["iss": .string(id), "sub": .string(id)] }

            #expect(try await cost(200) { holder.assertion() } == 2)
            let introspection = try await trips(house, of: 1) {
                try await ask(holder.assertion(), "token=\(token)", "/oauth/introspect", 200)
            }
            #expect(introspection == 2)
            #expect(try await cost(401) { other.assertion() } == 1)
            #expect(try await cost(401) { other.assertion(named(KeyHolder.nobody)) } == 1)
            #expect(try await cost(401) { holder.assertion(named(TokenHouse.otherID)) } == 1)
            #expect(try await cost(401) { holder.assertion(["exp": 1]) } == 1)
            #expect(try await cost(401) { "nonsense" } == 1)
            try await house.sql("update registry.application set enabled = false where name = 'Shop sync'")
            #expect(try await cost(401) { holder.assertion() } == 1)
        }
    }

    @Test func `an exchange takes two, and so does a refresh, and an introspection of a refresh token one`()
        async throws
    {
        try await TokenHouse.runCodeFlow { house in
            var codes = try await house.codes(100).compactMap { $0 }
            var token = try await house.tokens().refresh
            let exchange = try await trips(house) { _ = try await house.exchange(codes.removeLast()) }
            let refresh = try await trips(house) {
                token = try TokenHouse.Tokens(await house.refresh(token)).refresh
            }
            let introspection = try await trips(house) {
                _ = try await house.introspect(token, as: TokenHouse.webID)
            }
            #expect(exchange == 2 && refresh == 2 && introspection == 1)
            #expect(codes.isEmpty)
            #expect(try await house.count("token.consent") == 101)
        }
    }

    @Test func `signing in takes two, failing one, whoever fails, and a page of who is signed in one`() async throws {
        try await TokenHouse.run { house in
            try await house.setPassword()
            let signedIn = Browser(house)
            try await signedIn.signIn()
            let page = try await trips(house) { _ = try await signedIn.get("/account/applications") }
            #expect(page == 1)
            for (email, password, trips) in [
                ("ann@example.com", TokenHouse.password, 2), ("ann@example.com", "not the password", 1),
                ("nobody@example.com", TokenHouse.password, 1), ("no address", TokenHouse.password, 1),
            ] {
                var least = Double.infinity
                for _ in 0..<4 {
                    let browser = Browser(house)
                    let form = Browser.hidden(try await browser.get("/login"))
                    let before = try await calls(house)
                    _ = try await browser.post(
                        "/login", form.merging(["email": email, "password": password]) { $1 })
                    least = min(least, try await calls(house) - before)
                }
                #expect(least == Double(trips), "\(email)")
            }
        }
    }

    /// Of one request. The service's loops ask the database, too, now and then: the least of several bursts is the requests' own.
    private func trips(
        _ house: TokenHouse, of count: Int = 10, _ request: () async throws -> Void
    ) async throws -> Double {
        var least = Double.infinity
        for _ in 0..<10 {
            let before = try await calls(house)
            for _ in 0..<count { try await request() }
            least = min(least, try await calls(house) - before)
        }
        return least / Double(count)
    }

    private func calls(_ house: TokenHouse) async throws -> Double {
        try #require(try await house.service.metrics().values("gatehouse_postgres_calls_total").first)
    }
}
