import GatehouseCrypto
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `An assertion` {
    let now = Timestamp(seconds: 1_800_000_000)

    private func caller() throws -> Caller {
        Caller(
            decision: "0190b5a0-0000-7000-8000-000000000001",
            user: Fact.User(UserID(hi: 1, lo: 2), name: "Ann “A” Müller"),
            application: Fact.Application(try ClientID(String(repeating: "a", count: 32)), name: "Shop sync"),
            scopes: [try Scope("read:segments"), try Scope("write:segments")],
            permissions: [try Permission("MANAGE_SEGMENTS")],
            domains: .some([try DomainName("shop.example.com")]), ip: try Address("203.0.113.9"))
    }

    @Test func `names its caller to whoever shares the key`() throws {
        let assertion = try Assertion(secret: TestService.assertionKey)
        let caller = try caller()
        let text = String(
            decoding: assertion.sign(caller, method: "GET", path: "/api/v1/users", at: now), as: UTF8.self)
        let read = try #require(assertion.caller(text, method: "GET", path: "/api/v1/users", at: now))
        #expect(read.decision == caller.decision)
        #expect(read.user == caller.user)
        #expect(read.application == caller.application)
        #expect(read.scopes == caller.scopes)
        #expect(read.permissions == caller.permissions)
        #expect(read.domains == caller.domains)
        #expect(read.ip == caller.ip)
    }

    @Test func `is refused for another request, after 30 seconds, and under another key`() throws {
        let assertion = try Assertion(secret: TestService.assertionKey)
        let text = String(
            decoding: assertion.sign(try caller(), method: "GET", path: "/api/v1/users", at: now), as: UTF8.self)
        #expect(assertion.caller(text, method: "DELETE", path: "/api/v1/users", at: now) == nil)
        #expect(assertion.caller(text, method: "GET", path: "/api/v1/users/1", at: now) == nil)
        #expect(assertion.caller(text, method: "GET", path: "/api/v1/users", at: now + .seconds(29)) != nil)
        #expect(assertion.caller(text, method: "GET", path: "/api/v1/users", at: now + .seconds(30)) == nil)
        #expect(assertion.caller(text, method: "GET", path: "/api/v1/users", at: now - .seconds(31)) == nil)
        let other = try Assertion(secret: [UInt8](repeating: 8, count: 32))
        #expect(other.caller(text, method: "GET", path: "/api/v1/users", at: now) == nil)
        #expect(assertion.caller(nil, method: "GET", path: "/api/v1/users", at: now) == nil)
        for garbage in ["", "a", "a.b.c", String(text.dropLast()), text + "A", "Bearer \(text)"] {
            #expect(assertion.caller(garbage, method: "GET", path: "/api/v1/users", at: now) == nil)
        }
    }
}
