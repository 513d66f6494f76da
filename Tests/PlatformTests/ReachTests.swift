import GatehouseModel
import GatehousePlatform
import Testing

@Suite struct `A caller` {
    private func caller(_ permissions: [String], _ domains: Domains, _ scopes: [String], bearer: Bool) throws -> Caller
    {
        Caller(
            decision: "d", user: Fact.User(UserID(hi: 1, lo: 1), name: "Ann"),
            application: bearer ? Fact.Application(try ClientID(String(repeating: "a", count: 32)), name: "App") : nil,
            scopes: Set(try scopes.map(Scope.init)), permissions: Set(try permissions.map(Permission.init)),
            domains: domains,
            ip: nil)
    }

    @Test func `contains what it may itself, and nothing more`() throws {
        let shop = Domains.some([try DomainName("shop.example.com")])
        let ann = try caller(["MANAGE_USERS", "MANAGE_ROLES"], shop, [], bearer: false)
        #expect(ann.contains([try Permission("MANAGE_USERS")], shop))
        #expect(ann.contains([], .none))
        #expect(!ann.contains([try Permission("MANAGE_SEGMENTS")], shop))
        #expect(!ann.contains([], .all))
    }

    @Test func `is bound by its scopes only as a bearer`() throws {
        #expect(try caller([], .all, [], bearer: false).contains([try Scope("read:users")]))
        #expect(try !caller([], .all, [], bearer: true).contains([try Scope("read:users")]))
        #expect(try caller([], .all, ["read:users"], bearer: true).contains([try Scope("read:users")]))
    }
}
