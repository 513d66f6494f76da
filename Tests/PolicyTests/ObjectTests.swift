import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

/// The resource directory as resource servers keep it.
@Suite struct ObjectTests {
    private static let path = "/objects/segment/42"

    /// Where an object lies, as the database has it.
    private func domains(_ house: AdministrationHouse, _ id: String = "42") async throws -> String {
        try await house.database.text("select domains from policy.object where type = 'segment' and id = '\(id)'")
    }

    @Test func `an object is registered, moved and forgotten; no head moves, and each change is told once`()
        async throws
    {
        try await AdministrationHouse.run { house in
            let (head, path) = (try await house.head(), Self.path)
            let steps: [(String, JSON?, Int, JSON?)] = [
                (
                    "PUT", ["domains": ["www.example.com", "News.example.com"]], 201,
                    ["news.example.com", "www.example.com"]
                ),
                (
                    "PUT", ["domains": ["news.example.com", "www.example.com"]], 200,
                    ["news.example.com", "www.example.com"]
                ),
                ("PUT", ["domains": []], 200, []),
                ("PUT", ["domains": ["shop.example.com"]], 200, ["shop.example.com"]),
                ("DELETE", nil, 204, nil), ("DELETE", nil, 404, nil), ("PUT", ["domains": []], 201, []),
            ]
            let bearer = try house.caller(scopes: ["write:access"], permissions: [])
            for (index, (method, body, status, domains)) in steps.enumerated() {
                let answer = try await house.call(method, path, body, as: bearer)
                #expect(answer.status == status, "\(index): \(answer.text)")
                #expect(answer["Gatehouse-Propagation"] == nil)
                if let domains {
                    #expect(try answer.json() == ["type": "segment", "id": "42", "domains": domains])
                }
            }
            #expect(try await house.head() == head)

            func change(_ from: JSON, _ to: JSON) -> JSON { [["field": "domains", "from": from, "to": to]] }
            let two: JSON = ["news.example.com", "www.example.com"]
            let expected: [(String, String, JSON)] = [
                ("created", "CREATE", change(nil, two)), ("updated", "UPDATE", change(two, [])),
                ("updated", "UPDATE", change([], ["shop.example.com"])),
                ("deleted", "DELETE", change(["shop.example.com"], nil)), ("created", "CREATE", change(nil, [])),
            ]
            let told = try await house.told()
            #expect(told.count == expected.count)
            for (fact, (type, operation, changes)) in zip(told, expected) {
                #expect(fact["type"] == .string("gatehouse.object." + type))
                #expect(fact["source"] == "/gatehouse/policy" && fact["subject"] == "object/segment/42")
                #expect(
                    fact["data"] == [
                        "user": ["id": .string(house.admin.text), "name": "Ann"],
                        "application": ["client_id": .string(String(repeating: "z", count: 32)), "name": "Deployer"],
                        "operation": .string(operation), "object_type": "SEGMENT",
                        "objects": [["id": "42", "name": "42"]], "outcome": "allowed", "ip": "192.0.2.7",
                        "changes": changes,
                    ])
                _ = try Event(parsing: fact.bytes)
            }
            #expect(
                try await house.database.text(
                    "select string_agg(distinct aggregatetype || ' ' || aggregateid || ' ' || coalesce(revision::text, '-'), ',') from told"
                ) == "access object/segment/42 -")
            try await eventually("the relay has emptied the outbox") {
                try await house.database.text("select count(*) from policy.outbox") == "0"
            }
        }
    }

    /// Limited callers reach what an object leaves and what it comes to; for what is global they need all domains.
    @Test func `who moves an object reaches all the domains that it leaves and all that it comes to`() async throws {
        try await AdministrationHouse.run { house in
            let places: [String?] = [nil, "", "www", "news", "www,news", "www,shop"]
            func names(_ place: String) -> [String] { place.split(separator: ",").map { "\($0).example.com" } }
            func list(_ place: String) -> JSON { .array(names(place).map { .string($0) }) }
            let mine = Set(names("www,news"))
            let caller = try house.caller(
                scopes: ["write:access"], permissions: [], domains: ["news.example.com", "www.example.com"])
            func isMine(_ place: String?) -> Bool {
                place.map { !$0.isEmpty && Set(names($0)).isSubset(of: mine) } ?? true
            }
            var told = 0
            for (old, new) in places.flatMap({ old in places.map { (old, $0) } }) where old != nil || new != nil {
                try await house.database.script("delete from policy.object")
                if let old {
                    let made = try await house.call("PUT", Self.path, ["domains": list(old)])
                    #expect(made.status == 201)
                    told += 1
                }
                let before = try await domains(house)
                let answer = try await house.call(
                    new == nil ? "DELETE" : "PUT", Self.path, new.map { ["domains": list($0)] }, as: caller)
                let isAllowed = isMine(old) && isMine(new)
                let row = "from \(old ?? "nowhere") to \(new ?? "nowhere"): \(answer.text)"
                if isAllowed {
                    #expect(answer.status == (new == nil ? 204 : old == nil ? 201 : 200), "\(row)")
                    told += old == new ? 0 : 1
                } else {
                    #expect(answer.status == 403, "\(row)")
                    #expect(try await domains(house) == before, "\(row)")
                }
                #expect(isMine(old) || !answer.text.contains("shop.example.com") || new == "www,shop", "\(row)")
            }
            #expect(try await house.told().count == told)
        }
    }

    @Test func `each wrong part is named, and nothing is done`() async throws {
        try await AdministrationHouse.run { house in
            let many = JSON.array((0...200).map { .string("d\($0).example.com") })
            let long = String(repeating: "x", count: 257)
            for (path, body, status, fields) in [
                ("segment/42", [:], 422, ["domains"]), ("segment/42", ["domains": nil], 422, ["domains"]),
                ("segment/42", ["domains": "all"], 422, ["domains"]), ("segment/42", ["domains": 7], 422, ["domains"]),
                ("segment/42", ["domains": ["a b"]], 422, ["domains[0]"]),
                ("segment/42", ["domains": [nil]], 422, ["domains[0]"]),
                ("segment/42", ["domains": ["www.example.com", "WWW.example.com"]], 422, ["domains[1]"]),
                ("segment/42", ["domains": ["www.example.com", "gone.example.com"]], 422, ["domains[1]"]),
                ("segment/42", ["domains": many], 422, ["domains"]),
                ("segment/42", ["domains": [], "name": "x"], 400, ["name"]),
                ("segments/42", ["domains": []], 422, ["type"]), ("Segment/42", ["domains": []], 422, ["type"]),
                ("%20/42", ["domains": []], 422, ["type"]), ("segment/%00", ["domains": []], 422, ["id"]),
                ("segment/a%0Ab", ["domains": []], 422, ["id"]), ("segment/%FF", ["domains": []], 422, ["id"]),
                ("segment/" + long, ["domains": []], 422, ["id"]),
            ] as [(String, JSON, Int, [String])] {
                let answer = try await house.call("PUT", "/objects/" + path, body)
                #expect(answer.status == status, "\(path) \(body) \(answer.text)")
                #expect(try answer.fields() == fields, "\(path) \(body)")
            }
            for tag in ["\"1\"", "W/\"1\"", "\"x\""] {
                let answer = try await house.call("PUT", Self.path, ["domains": []], headers: ["If-Match": tag])
                #expect(answer.status == 412, "\(tag)")
            }
            #expect(try await house.call("DELETE", "/objects/segments/42").status == 422)
            #expect(try await house.call("DELETE", "/objects/segment/\(long)").status == 422)
            #expect(
                try await house.send("PUT", "/objects/segment/42", bytes: Array("{\"domains\":[".utf8)).status == 400)
            let many200 = try await house.send(
                "PUT", "/objects/segment/42", bytes: Array(repeating: 0x20, count: 2 << 20))
            #expect(many200.status == 413)
            #expect(try await house.told().isEmpty)
            #expect(try await house.database.text("select count(*) from policy.object") == "0")
        }
    }

    @Test func `an id is what its escapes say, once`() async throws {
        try await AdministrationHouse.run { house in
            for (segment, id) in [
                ("a%20b", "a b"), ("a+b", "a+b"), ("a%2Bb", "a+b"), ("%2541", "%41"), ("a&b=c", "a&b=c"),
                ("%E2%82%AC", "€"), ("A", "A"), ("a", "a"),
                (String(repeating: "x", count: 256), String(repeating: "x", count: 256)),
            ] {
                let answer = try await house.call("PUT", "/objects/segment/" + segment, ["domains": []])
                #expect([200, 201].contains(answer.status), "\(segment)")
                #expect(try answer.json()["id"] == .string(id))
                #expect(try await domains(house, id) == "{}")
            }
            #expect(try await house.database.text("select count(*) from policy.object") == "8")
        }
    }

    @Test func `an object whose type has left the catalogue can be forgotten, not moved`() async throws {
        try await AdministrationHouse.run { house in
            try await house.database.script("insert into policy.object values ('page', '1', '{www.example.com}')")
            #expect(try await house.call("PUT", "/objects/page/1", ["domains": []]).status == 422)
            #expect(try await house.call("DELETE", "/objects/page/1").status == 204)
            #expect(try await house.call("DELETE", "/objects/page/1").status == 422)
        }
    }
}
