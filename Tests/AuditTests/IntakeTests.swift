import Audit
import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

/// The audit service on a database of its own. The topics are shared by all tests: each looks for its own user.
@Suite(.serialized) struct `Audit intake` {
    private let reader = Caller(
        decision: "d", user: Fact.User(UserID(hi: 9, lo: 9), name: "Reader"), application: nil, scopes: [],
        permissions: [],
        domains: .all, ip: nil)

    private func run(_ body: (TestService, UserID) async throws -> Void) async throws {
        let database = try await MigratedDatabase.make()
        let service = try await TestService.start(auditProgram, as: "audit", on: database)
        let user = UserID(hi: .random(in: 1 ... .max), lo: .random(in: 1 ... .max))
        do { try await body(service, user) } catch {
            await service.stop()
            try await database.drop()
            throw error
        }
        await service.stop()
        try await database.drop()
    }

    private func record(_ user: UserID, _ number: Int, id: ID<Event>? = nil) -> Record {
        let now = Timestamp.now()
        let fact = Fact(
            by: Fact.User(user, name: "Ann"), through: nil, .call, .api, [Fact.Object("o\(number)", name: "")])
        let event = Event(
            .callAllowed, id: id ?? ID(at: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max))),
            subject: "s",
            time: now, data: fact.json)
        return Record(topic: Topic.calls.name, key: Array(fact.key.utf8), value: event.bytes)
    }

    private func send(_ records: [Record]) async throws {
        let servers = try TestService.broker()
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let producer = try Producer(["bootstrap.servers": servers], on: core) { _ in }
            let deliveries = await producer.deliver(records)
            if let failure = deliveries.firstFailure { throw failure }
            await producer.close()
        }
    }

    private func count(_ sql: String, _ service: TestService) async throws -> Int64 {
        let url = service.database.url
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            return try await connection.query(Statement("select count(*) from \(sql)") { try $0.int8() }).first ?? 0
        }
    }

    @Test func `each event stands in the log once, numbered without a gap, whatever is repeated or cannot be read`()
        async throws
    {
        try await run { service, user in
            var records = (0..<2000).map { record(user, $0) }
            records += records.prefix(700)
            for poison in ["nonsense", "{}", #"{"specversion":"1.0"}"#] {
                records.insert(Record(topic: Topic.calls.name, key: nil, value: Array(poison.utf8)), at: 500)
            }
            try await send(records.shuffled())
            try await eventually("all are in the log", within: .seconds(30)) {
                try await count("audit.event where user_id = '\(user)'", service) == 2000
            }
            try await eventually("the poison is kept") { try await count("audit.dead_letter", service) >= 3 }
            // In one look: other tests write to the same topics meanwhile.
            let gapless = """
                audit.log_head h where h.sequence = (select count(*) from audit.event)
                and h.sequence = (select count(distinct sequence) from audit.event)
                and h.sequence = (select max(sequence) from audit.event)
                """
            #expect(try await count(gapless, service) == 1)
        }
    }

    @Test func `the log is read in its order, by filters, with the names`() async throws {
        try await run { service, user in
            try await send((0..<25).map { record(user, $0) })
            try await eventually("all are in the log", within: .seconds(30)) {
                try await count("audit.event where user_id = '\(user)'", service) == 25
            }
            var seen: [Int64] = []
            var cursor = ""
            for _ in 0..<4 {
                let answer = try await service.call(
                    "GET", "/api/v1/audit-events?user=\(user)&limit=10\(cursor.isEmpty ? "" : "&cursor=\(cursor)")",
                    as: reader)
                #expect(answer.status == 200)
                let body = try answer.json()
                for item in body["items"]?.array ?? [] {
                    seen.append(item["sequence"]?.integer ?? 0)
                    #expect(item["user"] == ["id": .string(user.text), "name": "Ann"])
                    #expect(item["operation"] == "CALL" && item["outcome"] == "allowed" && item["object_type"] == "API")
                }
                cursor = body["next_cursor"]?.string ?? ""
                #expect(!cursor.isEmpty)
            }
            #expect(seen.count == 25 && seen == seen.sorted())
            #expect(
                try await service.call("GET", "/api/v1/audit-events?user=\(user)&outcome=denied", as: reader).json()[
                    "items"] == [])
        }
    }

    @Test(arguments: [
        ("operation=FLY", 422), ("outcome=maybe", 422), ("from=yesterday", 422), ("user=x", 422), ("ip=1.2.3", 422),
        ("limit=0", 422), ("limit=201", 422), ("cursor=nonsense", 422), ("order=random", 422), ("x=1", 400),
        ("user=system&user=system", 400), ("q=%ff", 400), ("application=short", 422),
    ])
    func `what cannot be meant is refused, and names its field`(query: String, status: Int) async throws {
        try await run { service, _ in
            let answer = try await service.call("GET", "/api/v1/audit-events?\(query)", as: reader)
            #expect(answer.status == status)
            #expect(answer["Content-Type"] == "application/problem+json")
        }
    }

    @Test func `the service's role cannot change or delete what the log holds`() async throws {
        try await run { service, user in
            try await send([record(user, 1)])
            try await eventually("it is in the log", within: .seconds(30)) {
                try await count("audit.event where user_id = '\(user)'", service) == 1
            }
            let url = try service.database.url(as: "audit")
            let core = Core()
            defer { core.stop() }
            for sql in ["update audit.event set type = 'x'", "delete from audit.event", "truncate audit.event"] {
                let refused = await core.run { core in
                    do {
                        let connection = try await Connection.open(Connection.Settings(url), on: core)
                        defer { connection.close() }
                        try await connection.script(sql)
                        return false
                    } catch { return "\(error)".contains("42501") }
                }
                #expect(refused, "\(sql)")
            }
        }
    }

    @Test func `a writer that was deposed cannot write`() async throws {
        try await run { service, user in
            let url = service.database.url
            let core = Core()
            defer { core.stop() }
            try await core.run { core in
                let connection = try await Connection.open(Connection.Settings(url), on: core)
                try await connection.script("update audit.log_head set term = term + 100")
                connection.close()
            }
            try await send([record(user, 1)])
            try await eventually("it leads anew, and writes once", within: .seconds(30)) {
                try await count("audit.event where user_id = '\(user)'", service) == 1
            }
            #expect(try await count("audit.log_head where term > 100", service) == 1)
        }
    }
}
