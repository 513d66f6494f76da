import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct NetworkTests {
    @Test func `the general list is saved whole, in canonical form`() async throws {
        try await AdministrationHouse.run { house in
            let empty = try await house.call("GET", "/ip-ranges")
            #expect(empty.status == 200)
            #expect(try empty.json() == ["items": []])
            let put = try await house.call(
                "PUT", "/ip-ranges",
                [
                    "items": [
                        ["range": "192.0.2.0-192.0.2.255", "note": "office"], ["range": "::ffff:10.0.0.1"],
                        ["range": "2001:DB8::/32"],
                    ]
                ], headers: ["If-Match": try #require(empty["ETag"])])
            let expected: JSON = [
                "items": [
                    ["range": "192.0.2.0/24", "note": "office"], ["range": "10.0.0.1", "note": ""],
                    ["range": "2001:db8::/32", "note": ""],
                ]
            ]
            #expect(put.status == 200)
            #expect(try put.json() == expected)
            #expect(put["ETag"] == "\"\(try await house.head())\"")
            #expect(put.isComplete)
            #expect(try await house.call("GET", "/ip-ranges").json() == expected)
            #expect(
                try await house.database.text(
                    "select string_agg(encode(low, 'hex') || '-' || encode(high, 'hex'), ' ' order by low) from policy.published_networks"
                )
                    == "00000000000000000000ffff0a000001-00000000000000000000ffff0a000001 00000000000000000000ffffc0000200-00000000000000000000ffffc00002ff 20010db8000000000000000000000000-20010db8ffffffffffffffffffffffff"
            )
            let stale = try await house.call("PUT", "/ip-ranges", ["items": []], headers: ["If-Match": "\"0\""])
            #expect(stale.status == 412)
            #expect(try await house.call("PUT", "/ip-ranges", ["items": []]).status == 200)
            #expect(try await house.database.text("select count(*) from policy.published_networks") == "0")
        }
    }

    @Test func `a list that would shut its author out must be confirmed`() async throws {
        try await AdministrationHouse.run { house in
            let list: JSON = ["items": [["range": "198.51.100.0/24"]]]
            let refused = try await house.call("PUT", "/ip-ranges", list)
            #expect(refused.status == 409)
            #expect(try refused.json()["detail"]?.string?.contains("192.0.2.7") == true)
            #expect(try await house.call("PUT", "/ip-ranges?confirm_lockout=false", list).status == 409)
            #expect(try await house.call("PUT", "/ip-ranges", list, as: house.caller(ip: nil)).status == 409)
            #expect(try await house.call("PUT", "/ip-ranges?confirm_lockout=yes", list).status == 422)
            #expect(try await house.call("PUT", "/ip-ranges?confirm=true", list).status == 400)
            #expect(try await house.told().isEmpty)
            #expect(try await house.call("PUT", "/ip-ranges?confirm_lockout=true", list).status == 200)
            #expect(try await house.call("PUT", "/ip-ranges", ["items": [["range": "192.0.2.7"]]]).status == 200)
        }
    }

    @Test func `each wrong entry is named; ten thousand are enough`() async throws {
        try await AdministrationHouse.run { house in
            func list(_ count: Int) -> JSON {
                [
                    "items": .array(
                        (0..<count).map { ["range": .string("192.\($0 / 65536).\($0 / 256 % 256).\($0 % 256)")] })
                ]
            }
            for (body, status, fields) in [
                ([:], 422, ["items"]), (["items": [["range": "010.0.0.1"]]], 422, ["items[0].range"]),
                (["items": [["range": "192.0.2.7"], ["range": "10.0.0.9-10.0.0.1"]]], 422, ["items[1].range"]),
                (["items": [["range": "fe80::1%eth0"]]], 422, ["items[0].range"]),
                (
                    ["items": [["range": "192.0.2.7"], ["range": "::ffff:192.0.2.7", "note": "again"]]], 422,
                    ["items[1].range"]
                ),
                (["items": [["note": "x"]]], 422, ["items[0].range"]),
                (["items": [["range": "192.0.2.7", "x": 1]]], 400, ["items[0].x"]),
                (["items": [], "x": 1], 400, ["x"]), (list(10_001), 422, ["items"]),
            ] as [(JSON, Int, [String])] {
                let answer = try await house.call("PUT", "/ip-ranges?confirm_lockout=true", body)
                #expect(answer.status == status, "\(fields)")
                let named = try answer.fields()
                #expect(named == fields)
            }
            #expect(try await house.told().isEmpty)
            let full = try await house.call("PUT", "/ip-ranges?confirm_lockout=true", list(10_000))
            #expect(full.status == 200)
            #expect(try await house.call("GET", "/ip-ranges").json()["items"]?.array?.count == 10_000)
            #expect(try await house.database.text("select count(*) from policy.network_range") == "1")
            #expect(try await house.told().first?["data"]?["truncated"] == true)
        }
    }

    @Test func `concurrent lists do not mix`() async throws {
        try await AdministrationHouse.run { house in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<4 {
                    let items: JSON = .array((0..<50).map { ["range": .string("10.\(number).0.\($0)")] })
                    group.addTask {
                        try await house.call("PUT", "/ip-ranges?confirm_lockout=true", ["items": items]).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(try await house.call("GET", "/ip-ranges").json()["items"]?.array?.count == 50)
            #expect(try await house.database.text("select count(*) from policy.network_range") == "1")
            #expect(try await house.told().count == 4)
        }
    }

    @Test func `the test of an address says what both lists say`() async throws {
        try await AdministrationHouse.run { house in
            let bob = try await house.user("bob")
            let open = try await house.application("Open", runAs: bob)
            let closed = try await house.application(
                "Closed", runAs: bob, ranges: [("192.0.2.0", "192.0.2.255"), ("192.0.3.4", "192.0.3.9")])
            let free: JSON = ["allowed": true, "range": nil]
            let denied: JSON = ["allowed": false, "range": nil]
            func by(_ range: String) -> JSON { ["allowed": true, "range": .string(range)] }
            func test(_ ip: String, _ client: String? = nil) async throws -> JSON {
                var body: JSON.Object = ["ip": .string(ip)]
                body["client_id"] = client.map { .string($0) }
                let answer = try await house.call("POST", "/ip-ranges/test", .object(body))
                #expect(answer.status == 200)
                #expect(answer["Gatehouse-Propagation"] == nil)
                return try answer.json()
            }
            #expect(try await test("10.0.0.1") == ["general": free, "application": nil, "allowed": true])
            let list: JSON = ["items": [["range": "192.0.0.0/16"], ["range": "2001:db8::1"]]]
            #expect(try await house.call("PUT", "/ip-ranges", list).status == 200)
            #expect(try await test("10.0.0.1", open) == ["general": denied, "application": free, "allowed": false])
            #expect(
                try await test("::ffff:192.0.2.9", closed)
                    == ["general": by("192.0.0.0/16"), "application": by("192.0.2.0/24"), "allowed": true])
            #expect(
                try await test("192.0.3.5", closed)
                    == ["general": by("192.0.0.0/16"), "application": by("192.0.3.4-192.0.3.9"), "allowed": true])
            #expect(
                try await test("2001:db8::1", closed)
                    == ["general": by("2001:db8::1"), "application": denied, "allowed": false])
            for (body, fields) in [
                ([:], ["ip"]), (["ip": "x"], ["ip"]), (["ip": "10.0.0.1", "client_id": "x"], ["client_id"]),
                (["ip": "10.0.0.1", "client_id": .string(String(repeating: "q", count: 32))], ["client_id"]),
            ] as [(JSON, [String])] {
                let answer = try await house.call("POST", "/ip-ranges/test", body)
                #expect(answer.status == 422)
                let named = try answer.fields()
                #expect(named == fields)
            }
        }
    }
}
