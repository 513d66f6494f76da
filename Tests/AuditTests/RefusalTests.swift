import GatehouseCrypto
import GatehouseJSON
import TestSupport
import Testing

/// What a list of the log cannot be asked for.
@Suite(.serialized) struct RefusalTests {
    private static let lists = ["audit-events", "activity"]

    @Test func `what cannot be meant is refused, and names its field`() async throws {
        try await AuditHouse.run { house in
            let long = String(repeating: "x", count: 201)
            for (query, field) in [
                ("operation=FLY", "operation"), ("operation=call", "operation"), ("operation=", "operation"),
                ("object_type=CAR", "object_type"), ("outcome=maybe", "outcome"), ("from=yesterday", "from"),
                ("from=2026-01-01", "from"), ("from=10000-01-01T00:00:00Z", "from"),
                ("from=0001-01-01T00:00:00%2B14:00", "from"),
                ("to=9999-12-31T23:59:59-12:00", "to"), ("to=2026-02-30T00:00:00Z", "to"),
                ("to=2026-02-01T00:00:00", "to"), ("from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z", "to"),
                ("user=x", "user"), ("user=", "user"), ("user=00000000-0000-0000-0000-000000000000", "user"),
                ("user=%E2%80%AEsystem", "user"), ("ip=1.2.3", "ip"), ("ip=192.0.2.7/24", "ip"),
                ("ip=::ffff:1.2.3.4/129", "ip"), ("ip=", "ip"), ("application=short", "application"),
                ("application=%27or%27", "application"), ("limit=0", "limit"), ("limit=201", "limit"),
                ("limit=-1", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
                ("limit=99999999999999999999", "limit"), ("order=random", "order"), ("order=", "order"),
                ("q=\(long)", "q"), ("cursor=", "cursor"), ("cursor=nonsense", "cursor"), ("cursor=W10", "cursor"),
            ] { try await refuse(query, 422, field, house) }
            for query in [
                "x=1", "User=system", "user=system&user=system", "limit=1&limit=1", "q=%ff", "q=%C0%AF", "q=%00",
                "q=%zz", "q=%", "a%00b=1", "q[]=1",
            ] { try await refuse(query, 400, nil, house) }
        }
    }

    @Test func `a cursor is good for its own list, order and filters, and wherever it points`() async throws {
        try await AuditHouse.run { house in
            try await house.send([try AuditHouse.call(), try AuditHouse.call()])
            try await house.holds(2)
            for order in ["recorded", "time"] {
                let asked = "limit=1&order=\(order)"
                for list in Self.lists {
                    let cursor = try #require(try await house.list("\(list)?\(asked)")["next_cursor"]?.string)
                    for other in Self.lists where other != list {
                        #expect(try await house.get("\(other)?\(asked)&cursor=\(cursor)").status == 422)
                    }
                    for query in [
                        "order=\(order == "time" ? "recorded" : "time")", "\(asked)&user=system", "\(asked)&q=a",
                    ] { #expect(try await house.get("\(list)?\(query)&cursor=\(cursor)").status == 422, "\(query)") }
                    let parts = try #require(try JSON(parsing: Base64URL.decode(cursor) ?? []).array)
                    for (key, status) in [
                        ([], 422), (["1"], 422), (["1", "2", "3"], 422), (["-1", "0"], 422), (["a", "b"], 422),
                        (["1", "99999999999999999999"], 422), (["\(Int64.max)", "\(Int64.max)"], 200),
                        (["\(Int64.max)", "\(Int64.min)"], 200), (["0", "\(Int64.min)"], 200),
                        (["0", "\(Int64.max)"], 200),
                    ] {
                        let forged = JSON.array([parts[0]] + key.map { .string($0) })
                        let answer = try await house.get("\(list)?\(asked)&cursor=\(Base64URL.text(forged.bytes))")
                        #expect(answer.status == status, "\(order) \(key): \(answer.text)")
                    }
                    let deep = String(repeating: "[", count: 3000)
                    #expect(try await house.get("\(list)?cursor=\(Base64URL.text(Array(deep.utf8)))").status == 422)
                }
            }
        }
    }

    @Test func `what is odd, and can be meant, is answered`() async throws {
        try await AuditHouse.run { house in
            for query in [
                "", "&&", "q=%27%3B+drop+table+audit.event+--", "q=%5C", "q=%25", "q=%E2%80%AE", "q=",
                "from=0001-01-01T00:00:00Z", "to=9999-12-31T23:59:59Z",
                "ip=0.0.0.0/0", "ip=::/0", "user=system", "limit=200",
            ] {
                for list in Self.lists {
                    for order in ["recorded", "time"] {
                        let answer = try await house.get("\(list)?order=\(order)&\(query)")
                        #expect(answer.status == 200, "\(query): \(answer.text)")
                    }
                }
            }
            let huge = String(repeating: "q", count: 100_000)
            for list in Self.lists {
                let client = house.service.client
                let stranger = try await client.send("GET", "/api/v1/\(list)")
                #expect(stranger.status == 401 && stranger["WWW-Authenticate"] == "Bearer")
                #expect(try await client.send("POST", "/api/v1/\(list)").status == 405)
                #expect((400..<500).contains(try await house.get("\(list)?q=\(huge)").status))
            }
        }
    }

    private func refuse(_ query: String, _ status: Int, _ field: String?, _ house: AuditHouse) async throws {
        for list in Self.lists {
            let answer = try await house.get("\(list)?\(query)")
            #expect(answer.status == status, "\(query): \(answer.text)")
            #expect(answer["Content-Type"] == "application/problem+json")
            guard let field else { continue }
            #expect(try answer.json()["errors"]?.array?.first?["field"]?.string == field, "\(query): \(answer.text)")
        }
    }
}
