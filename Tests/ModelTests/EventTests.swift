import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct EventTests {
    private static let id = ID<Event>(hi: 0x017F_22E2_79B0_7CC3, lo: 0x98C4_DC0C_0C07_398F)

    private func event(
        _ type: EventType = .applicationCreated, subject: String = "s", traceparent: Traceparent? = nil,
        data: JSON.Object = ["a": 1]
    ) throws -> Event {
        try Event(
            type, id: Self.id, subject: subject, time: Timestamp("2026-01-31T12:00:00Z"), traceparent: traceparent,
            data: data)
    }

    @Test func `an event is structured JSON of CloudEvents 1.0`() throws {
        let trace = try Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let event = try event(traceparent: trace)
        #expect(
            String(decoding: event.bytes, as: UTF8.self)
                == #"{"specversion":"1.0","id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","source":"/gatehouse/registry","#
                + #""type":"gatehouse.application.created","subject":"s","time":"2026-01-31T12:00:00.000000Z","#
                + #""datacontenttype":"application/json","#
                + #""traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":{"a":1}}"#)
        #expect(event.json.bytes == event.bytes)
        #expect(event.headers.map(\.name) == ["content-type", "ce_id", "ce_type", "traceparent"])
        #expect(
            event.headers.map(\.value) == [
                "application/cloudevents+json", Self.id.text, "gatehouse.application.created", trace.text,
            ])
        #expect(try self.event().headers.map(\.name) == ["content-type", "ce_id", "ce_type"])
    }

    @Test func `what is written is read back`() throws {
        for type in EventType.allCases {
            let event = try event(type)
            let read = try Event(parsing: event.bytes)
            #expect(read == event)
            #expect(read.eventType == type)
        }
    }

    @Test func `attributes and types of later versions are passed over`() throws {
        var json = try #require(try event().json.object)
        json["type"] = "gatehouse.moon.landed"
        json["partitionkey"] = "x"
        json["datacontenttype"] = nil
        let event = try Event(parsing: JSON.object(json).bytes)
        #expect(event.type == "gatehouse.moon.landed")
        #expect(event.eventType == nil)
        #expect(event.bytes == JSON.object(json).bytes)
    }

    @Test(
        arguments: [
            ("specversion", "0.3", "specversion must be 1.0"), ("specversion", nil, "specversion is required"),
            ("id", nil, "id is required"), ("id", "1", "id must be a UUID"),
            ("id", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "id must be a UUID of version 7"),
            ("source", nil, "source is required"),
            ("type", 1, "type must be a string"), ("subject", .null, "subject must not be null"), ("time", "now", nil),
            ("datacontenttype", "text/xml", "datacontenttype must be application/json"),
            ("data", nil, "data is required"),
            ("data", [1], "data must be an object"), ("data", "e30=", "data must be an object"),
            ("traceparent", "x", nil),
        ] as [(String, JSON?, String?)])
    func `refuses what is no event`(name: String, value: JSON?, detail: String?) throws {
        var json = try #require(try event().json.object)
        json[name] = value
        #expect {
            try Event(parsing: JSON.object(json).bytes)
        } throws: {
            let problem = $0 as? Problem
            return problem?.errors.map(\.field) == [name] && (detail == nil || problem?.detail == detail)
        }
    }

    @Test func `refuses what is too large, and what is no JSON`() throws {
        let large = #"{"x":""# + String(repeating: "x", count: Event.limit) + #""}"#
        #expect { try Event(parsing: Array(large.utf8)) } throws: { ($0 as? Problem)?.kind == .contentTooLarge }
        #expect { try Event(parsing: Array("{".utf8)) } throws: { ($0 as? Problem)?.kind == .malformed }
        #expect { try Event(parsing: []) } throws: { ($0 as? Problem)?.kind == .malformed }
    }

    @Test(
        arguments: [
            ["text": .string(String(repeating: "x", count: 200_000)), "kept": 1],
            ["text": .string(String(repeating: "\u{1}", count: 40_000)), "kept": 1],
            ["text": .string(String(repeating: "😀", count: 100_000)), "kept": 1],
            [
                "list": .array(Array(repeating: ["range": "203.0.113.0/24", "note": "office"], count: 10_000)),
                "kept": 1,
            ],
            ["list": .array(Array(repeating: [], count: 100_000)), "kept": 1],
            ["list": .array(Array(repeating: .string(String(repeating: "y", count: 1_000)), count: 1_000)), "kept": 1],
        ] as [JSON.Object])
    func `large data are shortened, and say so`(data: JSON.Object) throws {
        let event = try event(data: data)
        #expect(event.data["truncated"] == true)
        #expect(event.data["kept"] == 1)
        #expect(event.data.names == data.names + ["truncated"])
        #expect(event.bytes.count <= 40_960)
        #expect(try Event(parsing: event.bytes) == event)
        #expect(event.json.spaced < Event.limit)
    }

    @Test func `without any list or text to shorten, nothing but that is left`() throws {
        let data = JSON.Object((0..<10_000).map { ("name\($0)", .integer($0)) })
        #expect(try event(data: data).data == ["truncated": true])
    }

    @Test func `what fits is left alone, but for U+0000, which jsonb cannot hold`() throws {
        let fits: JSON.Object = ["text": .string(String(repeating: "x", count: 40_000)), "list": [1, 2]]
        #expect(try event(data: fits).data == fits)
        let event = try event(subject: "a\0b", data: ["a\0": ["b\0c", ["d": "\0"]]])
        #expect(event.data == ["a\u{FFFD}": ["b\u{FFFD}c", ["d": "\u{FFFD}"]]])
        #expect(event.subject == "a\u{FFFD}b")
        #expect(try self.event(subject: String(repeating: "s", count: 100_000)).subject.utf8.count < 1_100)
    }

    @Test func `one that is told again keeps its type and all its data, and has an end, whatever is in it`() throws {
        let time = try Timestamp("2026-01-31T12:00:00Z")
        func retold(_ type: String, _ data: JSON.Object) -> Event {
            Event(
                retold: Self.id, source: "/gatehouse/moon", type: type, subject: "s", time: time, traceparent: nil,
                data: data)
        }
        let whole: JSON.Object = ["text": .string(String(repeating: "x", count: 60_000))]
        let event = retold("gatehouse.moon.landed", whole)
        #expect(event.data == whole && event.type == "gatehouse.moon.landed" && event.source == "/gatehouse/moon")
        #expect(try Event(parsing: event.bytes) == event)
        let huge = retold(String(repeating: "\u{1}", count: 60_000), whole)
        #expect(huge.bytes.count <= Event.limit)
        #expect(try Event(parsing: huge.bytes) == huge)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
    ])
    func `what is no traceparent`(text: String) {
        #expect(throws: Problem.self) { try Traceparent(text) }
    }
}

extension JSON {
    /// How many bytes PostgreSQL's `jsonb` makes of it: a space after each comma and colon.
    fileprivate var spaced: Int {
        switch self {
        case .null, .bool, .integer, .number, .string: bytes.count
        case .array(let elements): 2 + elements.map(\.spaced).reduce(0, +) + 2 * max(0, elements.count - 1)
        case .object(let object):
            2 + object.members.map { JSON.string($0.name).spaced + 2 + $0.value.spaced }.reduce(0, +)
                + 2 * max(0, object.members.count - 1)
        }
    }
}
