import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

@Suite struct `A password` {
    private let path = "/api/v1/users/\(TokenHouse.user)/password"

    private func caller(
        _ permissions: [String] = [], _ domains: Domains = .all, scopes: [String]? = nil
    ) throws -> Caller {
        let application = try scopes.map { _ in
            Fact.Application(try ClientID(TokenHouse.clientID), name: "Shop sync")
        }
        return Caller(
            decision: "0190b5a0-0000-7000-8000-0000000000dd", user: Fact.User(.system, name: "Root"),
            application: application, scopes: Set(try (scopes ?? []).map { try Scope($0) }),
            permissions: Set(try permissions.map { try Permission($0) }), domains: domains, ip: nil)
    }

    @Test(arguments: [
        ("", 422), ("elevenchars", 422), ("twelve chars", 204), ("🏰🏰🏰🏰🏰🏰🏰🏰🏰🏰🏰🏰", 204),
        (String(repeating: "x", count: 1024), 204), (String(repeating: "x", count: 1025), 422),
        (String(repeating: "é", count: 513), 422), ("            ", 204), ("a\0 with a zero byte", 422),
    ])
    func `has twelve characters at least, 1024 bytes at most, and no rules beside`(password: String, status: Int)
        async throws
    {
        try await TokenHouse.run { house in
            let answer = try await house.service.call("PUT", path, as: caller(), ["password": .string(password)])
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer["Gatehouse-Propagation"] == nil)
            if status == 422 { #expect(try answer.json()["errors"]?.array?.first?["field"] == "password") }
            if status == 204 {
                #expect(try await Browser(house).signIn("ann@example.com", password).status == 303)
                #expect(try await house.count("token.password where hash like '$scrypt$ln=15,r=8,p=3$%'") == 1)
            }
        }
    }

    @Test func `is the body's one member, a text`() async throws {
        try await TokenHouse.run { house in
            let bodies: [(JSON, Int)] = [
                ([:], 422), (["password": nil], 422), (["password": 7], 422), (["password": ["x"]], 422),
                (["password": "long enough it is", "user": "x"], 400),
            ]
            for (body, status) in bodies {
                let answer = try await house.service.call("PUT", path, as: caller(), body)
                #expect(answer.status == status)
            }
            #expect(try await house.count("token.password") == 0)
            #expect(try await house.service.client.send("PUT", path, Array("{}".utf8)).status == 401)
        }
    }

    @Test func `is nobody's to set who may do less than the user`() async throws {
        try await TokenHouse.run { house in
            let stamp = "now(), '\(TokenHouse.user)', now(), '\(TokenHouse.user)'"
            try await house.sql(
                """
                insert into policy.permission select unnest('{MANAGE_USERS,MANAGE_SEGMENTS}'::text[]), '';
                insert into policy.role values ('Marketer', false, 1, \(stamp));
                insert into policy.role_permission values ('Marketer', 'MANAGE_SEGMENTS');
                insert into policy.account_role values ('\(TokenHouse.user)', 'Marketer');
                insert into policy.scope values ('read:access', ''), ('write:access', '');
                """)
            let shop = Domains.some([try DomainName("shop.example.com")])
            let all = ["read:access", "write:access"]
            let (some, enough) = (["MANAGE_USERS"], ["MANAGE_USERS", "MANAGE_SEGMENTS"])
            let callers: [(Caller, Int)] = [
                (try caller(some), 403), (try caller(enough, shop), 403), (try caller(enough), 204),
                (try caller(enough, scopes: ["write:access"]), 403), (try caller(enough, scopes: all), 204),
                (try caller(some, scopes: all), 403),
            ]
            for (caller, status) in callers {
                let set = try await house.service.call("PUT", path, as: caller, ["password": "long enough it is"])
                #expect(set.status == status, "\(caller) \(set.text)")
                let invited = try await house.service.call(
                    "POST", "/api/v1/users/\(TokenHouse.user)/invitation", as: caller)
                #expect(invited.status == (status == 204 ? 201 : 403), "\(caller) \(invited.text)")
            }
        }
    }

    @Test(arguments: [
        ("system", 403), ("0190b5a0-0000-7000-8000-00000000beef", 404), ("nonsense", 404),
        ("00000000-0000-0000-0000-000000000000", 404),
    ])
    func `is a user's who may sign in`(user: String, status: Int) async throws {
        try await TokenHouse.run { house in
            for (method, path, body) in [
                ("PUT", "/api/v1/users/\(user)/password", ["password": "long enough it is"] as JSON),
                ("POST", "/api/v1/users/\(user)/invitation", [:]),
            ] {
                let answer = try await house.service.call(method, path, as: caller(), body)
                #expect(answer.status == status)
            }
            #expect(try await house.count("token.password") == 0)
        }
    }

    @Test func `that is changed ends the user's sessions, and an invitation`() async throws {
        try await TokenHouse.run { house in
            try await house.setPassword()
            let browser = Browser(house)
            try await browser.signIn()
            #expect(try await browser.isSignedIn())
            let link = try await house.invite()
            try await house.setPassword("another one entirely")
            #expect(try await !browser.isSignedIn())
            #expect(try await Browser(house).get(link).status == 410)
            #expect(try await Browser(house).signIn().status == 403)
            #expect(try await Browser(house).signIn("ann@example.com", "another one entirely").status == 303)
        }
    }

    @Test func `is told of, and never what it is`() async throws {
        try await TokenHouse.run { house in
            let told = try await house.toldInOutbox()
            try await house.setPassword()
            _ = try await house.invite()
            let events = try await told()
            #expect(events.map { $0["type"] } == ["gatehouse.user.password-changed", "gatehouse.user.invited"])
            for event in events {
                #expect(event["subject"] == .string(TokenHouse.user))
                #expect(event["data"]?["user"]?["name"] == "Root" && event["data"]?["ip"] == "192.0.2.1")
                #expect(event["data"]?["operation"] == "UPDATE" && event["data"]?["object_type"] == "USER")
                #expect(!event.text.contains(TokenHouse.password) && !event.text.contains("scrypt"))
            }
        }
    }
}
