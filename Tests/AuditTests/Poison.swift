import GatehouseKafka
import GatehouseModel
import GatehousePlatform

/// Records that cannot stand in the log: no JSON, no CloudEvents, no fact, of another time, and what only PostgreSQL finds wrong.
enum Poison {
    static let records: [Record] = [
        "nonsense", "", "{}", #"{"specversion":"1.0"}"#, "\u{FEFF}{}", event(data: #"{"operation":"CALL"}"#),
        event(id: "5e4f3a52-0000-4000-8000-000000000000"), event(time: "1999-01-01T00:00:00Z"),
        event(time: "2999-01-01T00:00:00Z"),
        event(data: #"{"operation":"CALL","object_type":"API","outcome":"allowed","note":"\u0000"}"#),
        #"{"\u0000":1,"\u0000":2}"#,
        // Too large for an index, however it is compressed.
        event(data: ##"{"operation":"\##(noise)","object_type":"API","outcome":"allowed"}"##),
    ].map { Record(topic: Topic.calls.name, key: nil, value: Array($0.utf8)) }

    private static func event(
        id: String? = nil, time: String? = nil,
        data: String = #"{"operation":"CALL","object_type":"API","outcome":"allowed"}"#
    ) -> String {
        let moment = time.flatMap { try? Timestamp($0) } ?? .now()
        let id = id ?? AuditHouse.id(at: moment).text
        return """
            {"specversion":"1.0","id":"\(id)","source":"/gatehouse/policy","type":"gatehouse.call.allowed","subject":"s",\
            "time":"\(moment.text)","data":\(data)}
            """
    }

    private static let noise = (0..<6000).map { _ in String(UnicodeScalar(UInt8.random(in: 97...122)))
    }.joined()
}
