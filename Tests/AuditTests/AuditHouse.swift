import Audit
import Foundation
import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport

/// The audit service with a database and a broker of its own: the topics hold what the test sends, and no more.
final class AuditHouse {
    let database: TestDatabase
    let broker: LocalBroker
    private(set) var services: [TestService] = []

    var service: TestService { services[0] }

    /// `services`: how many replicas are started at once.
    static func run(services: Int = 1, topics: Bool = true, _ body: (AuditHouse) async throws -> Void) async throws {
        let house = try AuditHouse(database: try await MigratedDatabase.make())
        do {
            if topics { try await house.makeTopics() }
            for _ in 0..<services { try await house.start() }
            try await body(house)
        } catch {
            await house.end()
            throw error
        }
        await house.end()
    }

    private init(database: TestDatabase) throws {
        self.database = database
        broker = try LocalBroker()
    }

    func makeTopics(_ topics: [Topic] = Topic.allCases) async throws {
        try await Admin(kafka).create(topics.map { TopicSettings($0.name, partitions: Int32($0.partitions)) })
    }

    @discardableResult
    func start(_ settings: [String: String] = [:]) async throws -> TestService {
        let own = ["KAFKA_BOOTSTRAP_SERVERS": broker.servers]
        let service = try await TestService.start(
            auditProgram, as: "audit", on: database, own.merging(settings) { $1 })
        services.append(service)
        return service
    }

    func stop() async {
        for service in services { await service.stop() }
        services = []
    }

    private func end() async {
        await stop()
        broker.remove()
        try? await database.drop()
    }

    var kafka: [String: String] { ["bootstrap.servers": broker.servers] }
}

extension AuditHouse {
    static let ann = Fact.User(UserID(hi: 0x0190_b5a0_0000_7000, lo: 0x8000_0000_0000_0001), name: "Ann")
    static let bob = Fact.User(UserID(hi: 0x0190_b5a0_0000_7000, lo: 0x8000_0000_0000_0002), name: "Bob")
    static var shop: Fact.Application {
        get throws { Fact.Application(try ClientID(String(repeating: "s", count: 32)), name: "Shop sync") }
    }

    static func id(at time: Timestamp = .now()) -> ID<Event> {
        ID(at: time, random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
    }

    /// A call that was allowed.
    static func call(
        _ number: Int = 0, by user: Fact.User = ann, at time: Timestamp = .now(), id: ID<Event>? = nil
    ) throws -> Record {
        let object = Fact.Object("PUT /rest/v2/profiles", name: "call \(number)")
        return record(.callAllowed, Fact(by: user, through: try shop, .call, .api, [object]), at: time, id: id)
    }

    static func record(_ type: EventType, _ fact: Fact, at time: Timestamp = .now(), id: ID<Event>? = nil) -> Record {
        record(Event(type, id: id ?? Self.id(at: time), subject: "s", time: time, data: fact.json), key: fact.key)
    }

    static func record(_ event: Event, key: String) -> Record {
        Record(topic: event.eventType?.topic.name ?? "", key: Array(key.utf8), value: event.bytes)
    }

    /// What Ann did in the console.
    static func change(
        _ type: EventType, _ operation: GatehouseModel.Operation, _ kind: ObjectType, _ objects: [Fact.Object] = [],
        outcome: Outcome = .allowed
    ) -> Record {
        record(type, Fact(by: ann, through: nil, operation, kind, objects, outcome: outcome))
    }

    /// A call whose record has a key of 60 KB: much to hold, little to read.
    static func heavy() throws -> Record {
        let call = try call()
        return Record(topic: call.topic, key: [UInt8](repeating: 0, count: 60_000), value: call.value)
    }

    /// 03's example of a refused request.
    static func blocked(
        by user: Fact.User = ann, path: String = "/rest/v2/segments", at time: Timestamp = .now()
    ) throws -> Record {
        let shop = try shop
        let id = id(at: time)
        let data: JSON.Object = [
            "decision_id": id.json, "reason": "permission_denied", "checks": ["token_missing": "pass"],
            "application": ["client_id": shop.clientID.json, "name": .string(shop.name)],
            "user": ["id": user.id.json, "name": .string(user.name)],
            "request": [
                "method": "GET", "path": .string(path), "route": "GET /rest/v2/segments", "ip": "192.0.2.7",
                "forwarded": [], "request_id": nil,
            ],
            "revision": "r1.p2.t3", "state_age_ms": 12,
        ]
        return record(
            Event(.requestBlocked, id: id, subject: path, time: time, data: data), key: shop.clientID.text)
    }

    func send(_ records: [Record]) async throws { try await Self.send(records, to: kafka) }

    static func send(_ records: [Record], to kafka: [String: String]) async throws {
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let producer = try Producer(kafka.merging(["message.max.bytes": "4000000"]) { $1 }, on: core) { _ in }
            let deliveries = await producer.deliver(records)
            await producer.close()
            if let failure = deliveries.firstFailure { throw failure }
        }
    }
}

extension AuditHouse {
    func number(_ sql: String) async throws -> Int { Int(try await database.text(sql)) ?? -1 }

    /// Waits until the log has so many events, and so many records were buried.
    func holds(_ count: Int, dead: Int = 0) async throws {
        var last = ""
        do {
            try await eventually("the log holds \(count) events", within: .seconds(60)) {
                last = try await database.text(
                    "select (select count(*) from audit.event) || ' and ' || (select count(*) from audit.dead_letter)")
                return last == "\(count) and \(dead)"
            }
        } catch { throw Unexpected(description: "\(error): \(last)") }
    }

    /// That sequences run from 1 to the head's, each once.
    func isGapless() async throws -> Bool {
        try await database.text(
            """
            select count(e.*) = h.sequence and count(distinct e.sequence) = h.sequence
                   and coalesce(min(e.sequence), 1) = 1 and coalesce(max(e.sequence), 0) = h.sequence
            from audit.log_head h left join audit.event e on true group by h.sequence
            """) == "true"
    }

    struct Unexpected: Error, CustomStringConvertible { let description: String }

    private static let reader = Caller(
        decision: "d", user: Fact.User(UserID(hi: 9, lo: 9), name: "Reader"), application: nil, scopes: [],
        permissions: [], domains: .all, ip: nil)

    func get(_ path: String) async throws -> TestAnswer {
        try await service.call("GET", "/api/v1/\(path)", as: Self.reader)
    }

    /// The body of a list that is there.
    func list(_ path: String) async throws -> JSON {
        let answer = try await get(path)
        guard answer.status == 200 else { throw Unexpected(description: "\(answer.status) \(answer.text)") }
        return try answer.json()
    }

    func items(_ path: String) async throws -> [JSON] { try await list(path)["items"]?.array ?? [] }
}

extension TestDatabase {
    /// The URL of a login that comes through `proxy`.
    func url(as role: String, through proxy: TestProxy) throws -> String {
        var url = URLComponents(string: try url(as: role))
        url?.host = "127.0.0.1"
        url?.port = Int(proxy.port)
        return url?.string ?? ""
    }
}
