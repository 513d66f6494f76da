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

    /// Of one request. The service's loops ask the database, too, now and then: the least of several bursts is the requests' own.
    private func trips(_ house: TokenHouse, of request: () async throws -> Void) async throws -> Double {
        var least = Double.infinity
        for _ in 0..<10 {
            let before = try await calls(house)
            for _ in 0..<10 { try await request() }
            least = min(least, try await calls(house) - before)
        }
        return least / 10
    }

    private func calls(_ house: TokenHouse) async throws -> Double {
        try #require(try await house.service.metrics().values("gatehouse_postgres_calls_total").first)
    }
}
