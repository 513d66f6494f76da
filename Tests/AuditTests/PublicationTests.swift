import Foundation
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

/// What is in the public topic is in the log, in its order (07 § The public topic).
@Suite(.serialized) struct PublicationTests {
    @Test func `everything in the log is told once, in its order, under the user's key`() async throws {
        try await AuditHouse.run { house in
            let users = (1...40).map { Fact.User(UserID(hi: 0x0190_b5a0_0000_7000, lo: 1 << 63 | $0), name: "U\($0)") }
            var sent = try (0..<2000).map { try AuditHouse.call($0, by: users[$0 % 40]) } + Poison.records
            sent += [try AuditHouse.blocked(), AuditHouse.change(.roleCreated, .create, .role)]
            try await house.send(sent)
            try await house.publishes(2002)
            let topic = try await house.publicTopic()
            #expect(topic.records.count == 2002)
            #expect(try topic.faults(until: 2002) == [])
            let partitions = Set(topic.records.map(\.partition.number))
            #expect(partitions == Set(0..<6))
            for record in topic.records {
                let told = try AuditEvent(parsing: record.value ?? [])
                #expect(record.key == told.fact.user.map { Array($0.id.text.utf8) })
                #expect(record.header("ce_id")?.value == Array(told.id.text.utf8))
                #expect(record.header("ce_type")?.value == Array(told.event.type.utf8))
                #expect(record.header("content-type")?.value == Array("application/cloudevents+json".utf8))
            }
        }
    }

    @Test func `what is told is what the log says, with the names that persons have now`() async throws {
        try await AuditHouse.run { house in
            let trace = try Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            let (id, now) = (AuditHouse.id(), Timestamp.now())
            let fact = Fact(
                by: AuditHouse.ann, through: try AuditHouse.shop, .update, .user,
                [Fact.Object(AuditHouse.bob.id.text, name: "Bob")],
                changes: [FieldChange("active", from: true, to: false)])
            let event = Event(
                .userUpdated, id: id, subject: "user/1", time: now, traceparent: trace, data: fact.json)
            try await house.send([AuditHouse.record(event, key: "k"), try AuditHouse.blocked()])
            try await house.publishes(2)
            let topic = try await house.publicTopic()
            let update = try #require(
                try topic.records.first { try AuditEvent(parsing: $0.value ?? []).id == id })
            let told = try AuditEvent(parsing: update.value ?? [])
            #expect(told.fact == fact)
            let envelope = ["source", "subject", "time", "traceparent", "type"].map { told.event.json[$0]?.string }
            #expect(envelope == ["/gatehouse/policy", "user/1", now.text, trace.text, "gatehouse.user.updated"])
            #expect(update.header("traceparent")?.value == Array(trace.text.utf8))
            // As the API says it, member by member.
            for record in topic.records {
                let told = try AuditEvent(parsing: record.value ?? [])
                var item = try #require(
                    try await house.items("audit-events").first { $0["id"]?.string == told.id.text }?.object)
                #expect(item["time"] == told.event.time.json && item["type"]?.string == told.event.type)
                #expect(item["traceparent"] == told.event.json["traceparent"])
                for name in ["id", "time", "type", "traceparent"] { item[name] = nil }
                #expect(item == told.event.data)
            }
        }
    }

    @Test func `an erased person is not named again`() async throws {
        try await AuditHouse.run { house in
            let bob = AuditHouse.bob
            try await house.send([try AuditHouse.call(by: bob)])
            try await house.publishes(1)
            try await house.database.script("update audit.person set name = '', erased = true")
            try await house.send([try AuditHouse.call(by: bob)])
            try await house.publishes(2)
            let users = try await house.publicTopic().records.map { try JSON(parsing: $0.value ?? [])["data"]?["user"] }
            #expect(users == [["id": bob.id.json, "name": "Bob"], ["id": bob.id.json, "name": "", "erased": true]])
            #expect(try await house.number("select count(*) from audit.event e where e::text ~* 'bob'") == 0)
        }
    }

    @Test func `whatever stands in the log is told, within 64 KiB and with its place`() async throws {
        try await AuditHouse.run { house in
            let odd = Odd.events
            try await house.send(odd.map { Record(topic: Topic.calls.name, key: nil, value: Array($0.utf8)) })
            try await house.publishes(odd.count)
            let topic = try await house.publicTopic()
            #expect(try topic.faults(until: Int64(odd.count)) == [])
            for record in topic.records { #expect((record.value ?? []).count <= Event.limit) }
            let keys = Set(topic.records.map { String(decoding: $0.key ?? [1], as: UTF8.self) })
            #expect(keys == ["", "system", try AuditHouse.shop.clientID.text, "192.0.2.9", "2001:db8::1"])
            let first = try #require(
                try topic.events().values.joined().first { $0.event.type == "gatehouse.moon.landed" })
            #expect(first.event.source == "/gatehouse/moon")
            #expect(first.event.subject == "a\u{FFFD}b" && first.event.data["weather"] == ["wind": [1, nil]])
            #expect(first.event.data["objects"] == [] && first.event.data["ip"] == nil)
        }
    }

    @Test func `what an earlier version wrote is told, by the service that states such facts`() async throws {
        try await AuditHouse.run { house in
            await house.stop()
            try await house.send([try AuditHouse.call()])
            try await house.start()
            try await house.publishes(1)
            await house.stop()
            try await house.database.script(
                """
                update audit.event set source = null, subject = null, traceparent = null;
                update audit.publication set sequence = 0
                """)
            try await house.start()
            try await house.publishes(1)
            let told = try await house.publicTopic().records.map { try AuditEvent(parsing: $0.value ?? []).event }
            #expect(told.map(\.source) == ["/gatehouse/policy", "/gatehouse/policy"])
            #expect(told.map(\.subject) == ["s", "PUT /rest/v2/profiles"])
        }
    }

    @Test func `where retention has dropped the beginning before there was a topic, it begins with what there is`()
        async throws
    {
        try await AuditHouse.run(services: 0) { house in
            let program = try AuditProgram(on: house)
            for (event, position) in [("", 70), (Self.oldEvent, 41)] {
                try await house.database.script(
                    """
                    set role audit_owner; drop table audit.publication; create table audit.outbox ();
                    alter table audit.event drop column source, drop column subject, drop column traceparent;
                    delete from audit.migration where name = '0002-publication';
                    update audit.log_head set sequence = 70; drop table if exists audit.event_all;
                    create table audit.event_all partition of audit.event for values from (minvalue) to (maxvalue);
                    \(event)
                    """)
                #expect(try await program.run(["migrate"]).status == 0)
                #expect(try await house.number("select sequence from audit.publication") == position)
            }
        }
    }

    private static let oldEvent = """
        insert into audit.event (event_id, sequence, time, type, operation, object_type, outcome, words, data)
        values ('01900000-0000-7000-8000-000000000001', 42, now(), 't', 'CALL', 'API', 'allowed', '', '{}')
        """

    @Test func `K6: a topic that is read again is not told again`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try (0..<300).map { try AuditHouse.call($0) })
            try await house.publishes(300)
            await house.stop()
            try await house.database.script("update audit.consumer_offset set next_offset = 0 where next_offset > 0")
            try await house.start()
            try await house.send([try AuditHouse.call()])
            try await house.publishes(301)
            let topic = try await house.publicTopic()
            #expect(topic.records.count == 301)
            #expect(try topic.faults(until: 301) == [])
        }
    }

    @Test func `dead letters that are taken in later are told under their new places`() async throws {
        try await AuditHouse.run { house in
            try await house.send(try (0..<20).map { try AuditHouse.call($0) })
            try await house.publishes(20)
            try await house.bury(try (0..<30).map { try AuditHouse.call($0, by: AuditHouse.bob) })
            #expect(try await AuditProgram(on: house).run(["replay"]).status == 0)
            try await house.publishes(50)
            let topic = try await house.publicTopic()
            #expect(try topic.faults(until: 50) == [])
            let late = try topic.events().values.joined().filter { $0.sequence > 20 }
            #expect(late.count == 30 && late.allSatisfy { $0.fact.user?.id == AuditHouse.bob.id })
        }
    }
}

/// Events that no service of ours states, and that can stand in the log all the same.
private enum Odd {
    static let events: [String] = [
        event(
            type: "gatehouse.moon.landed", source: "/gatehouse/moon", subject: #"a\u0000b"#,
            data: #"{"operation":"FLY","object_type":"MOON","outcome":"open","ip":null,"weather":{"wind":[1,null]}}"#),
        event(data: fact(#""sequence":"mine","user":{"id":"system","name":"system"}"#)),
        event(data: fact(#""application":{"client_id":"\#(String(repeating: "s", count: 32))"}"#)),
        event(data: fact(#""ip":"192.0.2.9","application":null,"user":null,"reason":null,"count":null"#)),
        event(data: fact(#""ip":"2001:DB8:0:0::1""#)),
        event(data: fact(#""text":"\#(String(repeating: "x", count: 64_000))""#)),
        event(data: fact((0..<5000).map { #""n\#($0)":\#($0)"# }.joined(separator: ","))),
        event(data: fact(#""list":[\#(Array(repeating: "[]", count: 20_000).joined(separator: ","))]"#)),
        event(type: "gatehouse." + String(repeating: "t", count: 60_000), data: fact(#""a":1"#)),
        event(source: String(repeating: "/", count: 60_000), data: fact(#""a":1"#)),
        event(subject: String(repeating: "é", count: 30_000), data: fact(#""a":1"#)),
        event(type: "gatehouse.request.blocked", data: blocked),
    ]

    private static let blocked = """
        {"reason":"token_revoked","request":{"method":"GET","path":"/\(String(repeating: "p", count: 30_000))","ip":null}}
        """

    private static func fact(_ more: String) -> String {
        #"{"operation":"CALL","object_type":"API","outcome":"allowed",\#(more)}"#
    }

    private static func event(
        type: String = "gatehouse.call.allowed", source: String = "/gatehouse/policy", subject: String = "s",
        data: String
    ) -> String {
        let now = Timestamp.now()
        return """
            {"specversion":"1.0","id":"\(AuditHouse.id(at: now).text)","source":"\(source)","type":"\(type)",\
            "subject":"\(subject)","time":"\(now.text)","data":\(data)}
            """
    }
}
