import GatehouseJSON
import GatehouseModel
import Testing

struct DecisionDomainTests {
    /// A world whose one area states its domain in each of the ways.
    private func world(_ method: String, _ target: String, domains: Domains) throws -> World {
        var world = try World()
        let route = { (method: JSON, path: JSON, source: JSON, rule: JSON) -> JSON in
            [
                "method": method, "path": path, "scope": "write:access", "permission": nil, "domain_source": source,
                "domain_rule": rule,
            ]
        }
        world.catalogue = try Catalogue(json: [
            "scopes": [], "permissions": [], "object_types": [["type": "page", "actions": []]], "internal_kinds": [],
            "routes": [
                route("GET", "/none", "none", "none"),
                route("PUT", "/query", "query:domain", "read+write"),
                route("PUT", "/path/{domain}/pages", "path:domain", "read+write"),
                route("PUT", "/header", "header:X-Domain", "read+write"),
                route("GET", "/header", "header:X-Domain", "write"),
                route("GET", "/pages/{id}", "object:page:id", "read+write"),
                route("PUT", "/pages/{id}", "object:page:id", "read+write"),
                route("POST", "/pages/{id}", "object:page:id", "write"),
            ],
        ])
        world.claims.scopes = [try Scope("write:access")]
        world.application.scopes = world.claims.scopes
        world.user.domains = domains
        world.request.method = method
        world.request.target = target
        return world
    }

    private let shop = Domains.some((try? DomainName("shop.example.com")).map { [$0] } ?? [])

    /// F46: who has only the right to a domain reaches only that one.
    @Test(arguments: [
        ("/query?domain=shop.example.com", true, true), ("/query?domain=Shop.Example.COM", true, true),
        ("/query?domain=news.example.com", false, true), ("/query?domain=unheard.example.com", false, true),
        ("/query", false, true), ("/query?domain=", false, true), ("/query?domain=*", false, true),
        ("/query?domain=shop.example.com&domain=shop.example.com", false, false), ("/query?domain=%zz", false, false),
        ("/query?domain=shop.example.com&%64omain=news.example.com", false, false),
        ("/path/shop.example.com/pages", true, true), ("/path/shop%2Eexample.com/pages", true, true),
        ("/path/news.example.com/pages", false, true), ("/path/shop.example.com%20/pages", false, true),
    ])
    func `a domain in the query or path`(target: String, limited: Bool, unlimited: Bool) throws {
        #expect(try world("PUT", target, domains: shop).decide().reason == (limited ? nil : .domainDenied))
        #expect(try world("PUT", target, domains: .all).decide().reason == (unlimited ? nil : .domainDenied))
    }

    @Test(
        arguments: [
            (["shop.example.com"], true, true), (["news.example.com"], false, true), ([], false, true),
            ([""], false, true),
            (["shop.example.com, news.example.com"], false, true),
            (["shop.example.com", "shop.example.com"], false, false),
        ] as [([String], Bool, Bool)])
    func `a domain in a header`(lines: [String], limited: Bool, unlimited: Bool) throws {
        for (domains, isAllowed) in [(shop, limited), (.all, unlimited)] {
            var world = try world("PUT", "/header", domains: domains)
            world.headers["X-Domain"] = lines
            #expect(world.decide().reason == (isAllowed ? nil : .domainDenied))
        }
    }

    @Test func `a rule for writes skips reads, and no source asks nothing`() throws {
        let read = try world("GET", "/header", domains: .none).decide()
        #expect(read.isAllowed && read.skipped.contains(.domainDenied))
        let none = try world("GET", "/none", domains: .none).decide()
        #expect(none.isAllowed && none.skipped.contains(.domainDenied))
    }

    /// A8: a read needs one domain of the object, a write all; a global object is read by anyone and written by who has all.
    @Test(
        arguments: [
            (["shop.example.com"], true, true), (["news.example.com"], false, false),
            (["shop.example.com", "news.example.com"], true, false), ([], true, false),
        ] as [([String], Bool, Bool)])
    func `an object in several domains or none`(domains: [String], isRead: Bool, isWritten: Bool) throws {
        for (method, isAllowed) in [("GET", isRead), ("PUT", isWritten), ("POST", isWritten)] {
            var world = try world(method, "/pages/1", domains: shop)
            world.request.objectDomains = .known(Set(try domains.map { try DomainName($0) }))
            #expect(world.decide().reason == (isAllowed ? nil : .domainDenied), "\(method) \(domains)")
            world.user.domains = .all
            #expect(world.decide().isAllowed)
        }
    }

    @Test func `the directory is asked for users with limited domains alone, and for what nothing else refuses`() throws
    {
        var world = try world("PUT", "/pages/a%20b", domains: shop)
        world.request.objectDomains = .unasked
        let limited = world.decide()
        #expect(limited.dependsOnObject)
        #expect(try limited.object == ObjectReference(type: ResourceType("page"), id: ObjectID("a b")))
        world.claims.scopes = []
        #expect(!world.decide().dependsOnObject)
        world.claims.scopes = world.application.scopes
        world.user.domains = .all
        #expect(world.decide().isAllowed)
    }

    @Test func `a directory that cannot be read is a stale state`() throws {
        var world = try world("PUT", "/pages/1", domains: shop)
        world.request.objectDomains = .unreadable
        #expect(world.decide().reason == .stateStale)
        world.user.domains = .all
        #expect(world.decide().isAllowed)
    }

    /// F47: one application, two users, two tokens, two reaches.
    @Test func `each user of an application has their own reach`() throws {
        let ann = try world("PUT", "/query?domain=shop.example.com", domains: shop)
        var ben = try world("PUT", "/query?domain=shop.example.com", domains: .some([DomainName("news.example.com")]))
        ben.user.id = UserID(hi: 7, lo: 7)
        ben.claims.user = ben.user.id
        var state = ann.state
        state.apply(ben.user)
        #expect(ann.decide(in: state).isAllowed)
        #expect(ben.decide(in: state).reason == .domainDenied)
    }
}
