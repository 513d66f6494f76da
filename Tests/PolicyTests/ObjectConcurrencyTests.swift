import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// A domain in which an object lies is not deleted, and one that is gone takes no object, whoever is faster (04 § Heads).
@Suite struct ObjectConcurrencyTests {
    private static let path = "/objects/segment/42"

    @Test func `a domain in which an object lies cannot be deleted`() async throws {
        try await AdministrationHouse.run { house in
            let put = try await house.call("PUT", Self.path, ["domains": ["news.example.com", "www.example.com"]])
            #expect(put.status == 201)
            let refused = try await house.call("DELETE", "/domains/news.example.com")
            #expect(refused.status == 409)
            #expect(try refused.json()["detail"] == "The domain is in use: objects lie in it.")
            #expect(try await house.call("DELETE", "/domains/shop.example.com").status == 204)
            #expect(try await house.call("PUT", Self.path, ["domains": ["www.example.com"]]).status == 200)
            #expect(try await house.call("DELETE", "/domains/news.example.com").status == 204)
            #expect(try await house.call("PUT", Self.path, ["domains": ["news.example.com"]]).status == 422)
            #expect(try await house.call("DELETE", "/domains/www.example.com").status == 409)
            #expect(try await house.call("DELETE", Self.path).status == 204)
            #expect(try await house.call("DELETE", "/domains/www.example.com").status == 204)
        }
    }

    @Test func `a deletion waits for objects on their way into the domain, and sees them`() async throws {
        try await AdministrationHouse.run { house in
            let deleting = try await house.database.holding(
                """
                with held as (select name from policy.domain where name = 'news.example.com' for key share)
                insert into policy.object select 'segment', '42', array[name] from held
                """
            ) {
                let deleting = Task { try await house.call("DELETE", "/domains/news.example.com") }
                try await eventually("the deletion waits") {
                    try await house.database.isWaiting("select set_config%")
                }
                return deleting
            }
            let refused = try await deleting.value
            #expect(refused.status == 409, "\(refused.text)")
            #expect(try await house.told().isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func `an object waits for a deletion, and does not follow the domain`(isThere: Bool) async throws {
        try await AdministrationHouse.run { house in
            if isThere { #expect(try await house.call("PUT", Self.path, ["domains": []]).status == 201) }
            let told = try await house.told().count
            let putting = try await house.database.holding(
                "update policy.domain set deleted = true where name = 'news.example.com'"
            ) {
                let putting = Task { try await house.call("PUT", Self.path, ["domains": ["news.example.com"]]) }
                try await eventually("the object waits") {
                    try await house.database.isWaiting("with held as materialized%")
                }
                return putting
            }
            let refused = try await putting.value
            #expect(refused.status == 422, "\(refused.text)")
            #expect(try refused.fields() == ["domains[0]"])
            #expect(try await house.told().count == told)
            #expect(
                try await house.database.text("select coalesce(string_agg(domains::text, ''), '-') from policy.object")
                    == (isThere ? "{}" : "-"))
        }
    }

    @Test func `no object lies in a domain that is gone after a storm of both`() async throws {
        try await AdministrationHouse.run { house in
            let names = (0..<6).map { "d\($0).example.com" }
            for name in names {
                #expect(try await house.call("POST", "/domains", ["name": .string(name)]).status == 201)
            }
            let statuses = try await withThrowingTaskGroup(of: (Bool, Int).self) { group in
                for turn in 0..<10 {
                    for (index, name) in names.enumerated() {
                        group.addTask {
                            let body: JSON = ["domains": [.string(name), .string(names[(index + 1) % names.count])]]
                            let path = "/objects/segment/\(name)-\(turn)"
                            return (true, try await house.call("PUT", path, body).status)
                        }
                    }
                    guard turn % 3 == 1 else { continue }
                    for name in names.prefix(3) {
                        group.addTask { (false, try await house.call("DELETE", "/domains/\(name)").status) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(
                statuses.allSatisfy { isPut, status in
                    (isPut ? [201, 422, 503] : [204, 404, 409, 503]).contains(status)
                })
            #expect(
                try await house.database.text(
                    """
                    select count(*) from policy.object o, unnest(o.domains) name
                    where not exists (select from policy.domain d where d.name = name and not d.deleted)
                    """) == "0")
            let written = statuses.count { $0 == (true, 201) }
            #expect(written > 0)
            #expect(try await house.database.text("select count(*) from policy.object") == "\(written)")
        }
    }

    @Test func `changes of one object follow one another, each told as it was`() async throws {
        try await AdministrationHouse.run { house in
            let places: [JSON] = [
                [], ["news.example.com"], ["shop.example.com"], ["news.example.com", "www.example.com"],
            ]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for turn in 0..<40 {
                    group.addTask {
                        turn % 7 == 6
                            ? try await house.call("DELETE", Self.path).status
                            : try await house.call("PUT", Self.path, ["domains": places[turn % 4]]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(statuses).isSubset(of: [200, 201, 204, 404, 409, 503]), "\(statuses)")
            var place = JSON.null
            for fact in try await house.told() {
                let change = try #require(fact["data"]?["changes"]?.array?.first)
                #expect(change["from"] == place)
                place = change["to"] ?? .null
            }
            let last = try await house.database.text("select to_jsonb(domains) from policy.object")
            #expect(last == place.text.replacing(",", with: ", "))
        }
    }
}
