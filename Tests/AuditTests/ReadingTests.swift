import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

/// `GET /api/v1/audit-events` and `/activity` (03 § Audit).
@Suite(.serialized) struct ReadingTests {
    @Test func `L5: an event stands in its user's stream, flat, and names the application`() async throws {
        try await AuditHouse.run { house in
            let time = Timestamp.now()
            try await house.send([try AuditHouse.blocked(at: time)])
            try await house.holds(1)
            let items = try await house.items("audit-events?user=\(AuditHouse.ann.id)")
            let shop = try AuditHouse.shop
            var item = try #require(items.first?.object)
            #expect(items.count == 1)
            #expect(item["id"] == item["decision_id"])
            item["id"] = nil
            item["decision_id"] = nil
            #expect(
                item == [
                    "sequence": 1, "time": time.json, "type": "gatehouse.request.blocked",
                    "user": ["id": AuditHouse.ann.id.json, "name": "Ann"],
                    "application": ["client_id": shop.clientID.json, "name": "Shop sync"], "operation": "BLOCK",
                    "object_type": "API",
                    "objects": [["id": "GET /rest/v2/segments", "name": "GET /rest/v2/segments"]],
                    "outcome": "denied", "reason": "permission_denied", "ip": "192.0.2.7",
                    "checks": ["token_missing": "pass"],
                    "request": [
                        "method": "GET", "path": "/rest/v2/segments", "route": "GET /rest/v2/segments",
                        "ip": "192.0.2.7", "forwarded": [], "request_id": nil,
                    ],
                    "revision": "r1.p2.t3", "state_age_ms": 12,
                ])
        }
    }

    @Test func `the activity stream is what was done, in words`() async throws {
        try await AuditHouse.run { house in
            let shop = try AuditHouse.shop
            let application = [Fact.Object(shop.clientID.text, name: shop.name)]
            let route = [Fact.Object("GET /rest/v2/segments", name: "GET /rest/v2/segments")]
            let bob = AuditHouse.bob
            try await house.send([
                AuditHouse.record(.callsAllowed, Fact(by: bob, through: shop, .call, .api, route, count: 12)),
                try AuditHouse.blocked(),
                AuditHouse.change(.applicationCreated, .create, .oauthApplication, application),
                AuditHouse.change(.applicationDisabled, .update, .oauthApplication, application),
                AuditHouse.record(
                    .secretRotated, Fact(by: bob, through: shop, .rotate, .oauthApplication, application)),
                AuditHouse.change(.userUpdated, .update, .user, [Fact.Object(bob.id.text, name: "Bob")]),
                AuditHouse.change(
                    .ipRangesUpdated, .update, .ipRange, [Fact.Object("general", name: "General IP list")]),
                AuditHouse.change(
                    .catalogueUpdated, .update, .catalogue, [Fact.Object("catalogue", name: "Catalogue")]),
                AuditHouse.record(.tokensIssued, Fact(by: bob, through: shop, .issue, .oauthToken, [], count: 3)),
                AuditHouse.change(.userDeleted, .delete, .user, outcome: .failed),
            ])
            try await house.holds(10)
            let words = try await house.items("activity").compactMap { $0["summary"]?.string }
            #expect(
                words.sorted() == [
                    "Ann created the application Shop sync", "Ann disabled the application Shop sync",
                    "Ann updated the IP allow-list", "Ann updated the catalogue", "Ann updated the user Bob",
                    "Bob via Shop sync called GET /rest/v2/segments (12 times)",
                    "Bob via Shop sync rotated the secret of the application Shop sync",
                ])
            #expect(try await house.items("activity?order=time&user=\(bob.id)").count == 2)
        }
    }

    @Test func `each filter narrows, in both orders`() async throws {
        try await AuditHouse.run { house in
            let (ann, bob) = (AuditHouse.ann, AuditHouse.bob)
            let start = Timestamp.now() - .seconds(1000)
            var sent = try (0..<30).map {
                try AuditHouse.call($0, by: $0 % 2 == 0 ? ann : bob, at: start + .seconds($0))
            }
            sent.append(try AuditHouse.blocked(by: bob, path: "/rest/v2/100%_sure", at: start + .seconds(100)))
            let role = Fact(
                by: ann, through: nil, .create, .role, [Fact.Object("r", name: "Überall")],
                ip: try Address("2001:db8::1"))
            sent.append(AuditHouse.record(.roleCreated, role, at: start + .seconds(200)))
            try await house.send(sent)
            try await house.holds(32)
            let (tenth, twentieth) = ((start + .seconds(10)).text, (start + .seconds(20)).text)
            for (query, count) in [
                ("", 32), ("user=\(ann.id)", 16), ("user=system", 0),
                ("application=\(try AuditHouse.shop.clientID)", 31),
                ("operation=CALL", 30), ("operation=CREATE", 1), ("object_type=ROLE", 1), ("object_type=API", 31),
                ("outcome=denied", 1), ("outcome=allowed", 31), ("outcome=failed", 0), ("ip=192.0.2.7", 1),
                ("ip=192.0.2.0/24", 1), ("ip=2001:db8::/32", 1), ("ip=198.51.100.1", 0), ("from=\(tenth)", 22),
                ("to=\(tenth)", 10), ("from=\(tenth)&to=\(twentieth)", 10), ("q=bob", 16), ("q=SHOP+sync", 31),
                ("q=100%25_s", 1), ("q=100_", 0), ("q=%C3%BCberall", 1), ("q=permission_denied", 1),
                ("q=call+17", 1), ("user=\(bob.id)&operation=CALL&q=call+1", 6),
            ] {
                for order in ["recorded", "time"] {
                    let items = try await house.items("audit-events?limit=200&order=\(order)&\(query)")
                    #expect(items.count == count, "\(query) \(order)")
                    if order == "time" {
                        let times = items.compactMap { $0["time"]?.string }
                        #expect(times == times.sorted(by: >))
                    } else {
                        let sequences = items.compactMap { $0["sequence"]?.integer }
                        #expect(sequences == sequences.sorted())
                    }
                }
            }
        }
    }

    @Test func `pages of both orders give each event once`() async throws {
        try await AuditHouse.run { house in
            // Several of one moment: pages end among them.
            let now = Timestamp.now()
            try await house.send(try (0..<57).map { try AuditHouse.call($0, at: now - .seconds($0 / 10)) })
            try await house.holds(57)
            for query in ["", "&operation=CALL&outcome=allowed", "&q=call"] {
                for order in ["recorded", "time"] {
                    var seen: [String] = []
                    var cursor: String? = ""
                    while let place = cursor {
                        let body = try await house.list(
                            "audit-events?limit=7&order=\(order)\(query)\(place.isEmpty ? "" : "&cursor=\(place)")")
                        let items = body["items"]?.array ?? []
                        seen += items.compactMap { $0["id"]?.string }
                        cursor = body["next_cursor"]?.string
                        if order == "recorded" { #expect(cursor != nil) }
                        if items.isEmpty { break }
                    }
                    #expect(seen.count == 57 && Set(seen).count == 57, "\(query) \(order)")
                }
            }
        }
    }

    @Test func `L3: who follows by order=recorded while events come misses none`() async throws {
        try await AuditHouse.run { house in
            let total = 3000
            let kafka = house.kafka
            async let sending: Void = {
                for part in 0..<30 {
                    let late = Duration.seconds(Int.random(in: 0...5000))
                    try await AuditHouse.send(
                        try (0..<100).map { try AuditHouse.call(part * 100 + $0, at: .now() - late) }, to: kafka)
                }
            }()
            var sequences: [Int64] = []
            var cursor = ""
            try await eventually("all are read", within: .seconds(60)) {
                let body = try await house.list(
                    "audit-events?limit=200" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
                sequences += (body["items"]?.array ?? []).compactMap { $0["sequence"]?.integer }
                cursor = body["next_cursor"]?.string ?? "lost"
                return sequences.count >= total
            }
            try await sending
            #expect(sequences == Array(1...Int64(total)))
        }
    }

    @Test func `the order of time answers before it is known until when it is complete`() async throws {
        try await AuditHouse.run { house in
            try await house.send([try AuditHouse.call()])
            try await house.holds(1)
            try await eventually("nothing is known to be complete") {
                try await house.database.script("update audit.log_head set complete_until = null")
                let body = try await house.list("activity?order=time")
                #expect(body["items"]?.array?.count == 1)
                return body["complete_until"] == .null
            }
        }
    }

    @Test func `the order of time says until when it is complete`() async throws {
        try await AuditHouse.run { house in
            let start = Timestamp.now()
            try await house.send([try AuditHouse.call()])
            try await eventually("a moment after the event is complete", within: .seconds(120)) {
                let until = try await house.list("audit-events?order=time")["complete_until"]?.string
                return try until.map { try Timestamp($0) > start } ?? false
            }
            #expect(try await house.items("audit-events?order=time").count == 1)
            #expect(try await house.list("audit-events")["complete_until"] == nil)
        }
    }

    @Test func `names stand beside the log, the newest wins, and an erased one stays so`() async throws {
        try await AuditHouse.run { house in
            let (now, bob) = (Timestamp.now(), AuditHouse.bob)
            try await house.send([try AuditHouse.call(by: bob, at: now)])
            try await house.holds(1)
            let old = Fact.User(bob.id, name: "Robert")
            try await house.send([try AuditHouse.call(by: old, at: now - .seconds(60))])
            try await house.holds(2)
            #expect(try await house.items("audit-events").map { $0["user"]?["name"] } == ["Bob", "Bob"])
            #expect(try await house.number("select count(*) from audit.event e where e::text ~* 'bob|robert'") == 0)
            try await house.database.script("update audit.person set name = '', erased = true")
            await house.stop()
            try await house.start()
            try await house.send([try AuditHouse.call(by: bob)])
            try await house.holds(3)
            let erased: JSON = ["id": bob.id.json, "name": "", "erased": true]
            #expect(try await house.items("audit-events").map { $0["user"] } == [erased, erased, erased])
        }
    }
}
