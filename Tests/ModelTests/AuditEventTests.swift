import GatehouseJSON
import GatehouseModel
import Testing

/// The public topic, as other teams read it with this library.
@Suite struct AuditEventTests {
    /// The data beside the envelope of some event.
    private func record(_ data: JSON, type: String = "gatehouse.secret.rotated") -> [UInt8] {
        let event: JSON = [
            "specversion": "1.0", "id": "019e1f3b-0002-7abc-8def-0123456789ab", "source": "/gatehouse/registry",
            "type": .string(type), "subject": "s", "time": "2026-11-25T04:15:02.118Z",
            "datacontenttype": "application/json", "data": data,
        ]
        return event.bytes
    }

    private static let ann = "019e1f3a-5d2e-7c41-9a57-3c2d8f6b1e04"

    @Test func `an event of the log has its place, and says who did what`() throws {
        let read = try AuditEvent(
            parsing: record([
                "sequence": 90210, "user": ["id": .string(Self.ann), "name": "Ann"], "operation": "ROTATE",
                "object_type": "OAUTH_APPLICATION", "objects": [["id": "k", "name": "Shop sync"]],
                "outcome": "allowed", "ip": "203.0.113.7", "revision": 813,
            ]))
        #expect(read.sequence == 90210)
        #expect(read.id.text == "019e1f3b-0002-7abc-8def-0123456789ab")
        #expect(read.event.eventType == .secretRotated)
        #expect(read.fact.user == Fact.User(try UserID(Self.ann), name: "Ann"))
        #expect(read.fact.operation == .rotate && read.fact.outcome == .allowed)
        #expect(read.fact.objects == [Fact.Object("k", name: "Shop sync")])
        #expect(read.fact.revision == Revision(813))
    }

    @Test func `a refused request is one, too, with all that is told of it`() throws {
        let read = try AuditEvent(
            parsing: record(
                [
                    "sequence": 1, "decision_id": "019e1f3b-0002-7abc-8def-0123456789ab", "reason": "token_revoked",
                    "user": ["id": .string(Self.ann), "name": "Ann"], "operation": "BLOCK", "object_type": "API",
                    "objects": [], "outcome": "denied", "revision": "r812.p97.t33", "state_age_ms": nil,
                    "request": ["method": "GET", "path": "/x", "route": nil, "ip": nil, "forwarded": []],
                ], type: "gatehouse.request.blocked"))
        #expect(read.fact.operation == .block && read.fact.reason == "token_revoked" && read.fact.revision == nil)
        #expect(read.event.data["revision"] == "r812.p97.t33")
        #expect(read.event.data["request"]?["method"] == "GET")
    }

    @Test func `members, types and names of later versions are passed over`() throws {
        let read = try AuditEvent(
            parsing: record(
                [
                    "sequence": 7, "operation": "TELEPORT", "object_type": "STARSHIP", "outcome": "undecided",
                    "objects": [["id": "a", "name": "b", "colour": "red"]], "weather": ["wind": [1, 2]],
                    "user": ["id": "system", "name": "system", "rank": 1],
                ], type: "gatehouse.moon.landed"))
        #expect(read.event.eventType == nil && read.event.type == "gatehouse.moon.landed")
        #expect(!Operation.known.contains(read.fact.operation) && read.fact.operation.text == "TELEPORT")
        #expect(read.fact.objectType.text == "STARSHIP" && read.fact.outcome.text == "undecided")
        #expect(read.fact.objects == [Fact.Object("a", name: "b")])
        #expect(read.event.data["weather"]?["wind"]?[1] == 2)
    }

    @Test(
        arguments: [
            (nil, "sequence"), (.null, "sequence"), (0, "sequence"), (-1, "sequence"), ("7", "sequence"),
            (1.5, "sequence"),
        ] as [(JSON?, String)])
    func `without a place in the log it is none of it`(sequence: JSON?, field: String) throws {
        var data: JSON.Object = ["operation": "CALL", "object_type": "API", "objects": [], "outcome": "allowed"]
        data["sequence"] = sequence
        #expect { try AuditEvent(parsing: record(.object(data))) } throws: {
            ($0 as? Problem)?.errors.map(\.field) == [field]
        }
    }

    @Test func `what is no event, or no fact, is refused`() throws {
        #expect(throws: Problem.self) { try AuditEvent(parsing: []) }
        #expect(throws: Problem.self) { try AuditEvent(parsing: Array("null".utf8)) }
        #expect(throws: Problem.self) { try AuditEvent(parsing: record(["sequence": 1])) }
        #expect(throws: Problem.self) { try AuditEvent(parsing: record([1])) }
    }
}
