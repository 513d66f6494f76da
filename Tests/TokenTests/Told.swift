import GatehouseEventLoop
import GatehouseJSON
import GatehouseKafka
import GatehouseModel
import GatehousePostgres
import TestSupport

extension TokenHouse {
    /// From now on keeps what goes through the outbox, and tells it, oldest first.
    func toldInOutbox() async throws -> () async throws -> [JSON] {
        try await sql(
            """
            create table if not exists token.told (n bigint generated always as identity, payload jsonb);
            create or replace function token.tell() returns trigger language plpgsql security definer as
                $$begin insert into token.told (payload) values (new.payload); return new; end$$;
            create or replace trigger tell before insert on token.outbox for each row execute function token.tell();
            """)
        let url = service.database.url
        return {
            let core = Core()
            defer { core.stop() }
            let payloads = try await core.run { core in
                let connection = try await Connection.open(Connection.Settings(url), on: core)
                defer { connection.close() }
                return try await connection.query(
                    Statement("select payload from token.told order by n") { try $0.jsonb() })
            }
            return try payloads.map { try JSON(parsing: $0) }
        }
    }
}

extension Exposition {
    /// Of a sample without labels.
    func value(_ name: String) -> Double { values(name).first ?? -1 }
}

/// What stands on the topic of this service.
enum TokenTopic {
    /// Where it ends now.
    static func ends() async throws -> [Partition: Int64] {
        try await withConsumer { consumer in try await consumer.ends(of: [Topic.tokens.name]) }
    }

    /// What came since, from one address, in the order of the events' ids.
    static func events(since marks: [Partition: Int64], from address: String) async throws -> [Event] {
        let address = try Address(address).text
        let all: [Event] = try await withConsumer { consumer in
            let ends = try await consumer.ends(of: [Topic.tokens.name])
            let open = ends.filter { $0.value > marks[$0.key] ?? 0 }
            guard !open.isEmpty else { return [] }
            try consumer.assign(Dictionary(uniqueKeysWithValues: open.keys.map { ($0, .at(marks[$0] ?? 0)) }))
            var events: [Event] = []
            let expected = open.reduce(0) { $0 + $1.value - (marks[$1.key] ?? 0) }
            struct Done: Error {}
            do {
                try await consumer.run { records in
                    events += try records.map { try Event(parsing: $0.value ?? []) }
                    if events.count >= expected { throw Done() }
                }
            } catch is Done {}
            return events
        }
        return all.filter { $0.data["ip"] == .string(address) }.sorted { $0.id < $1.id }
    }

    private static func withConsumer<Result: Sendable>(
        _ body: @Sendable @escaping (Consumer) async throws -> Result
    ) async throws -> Result {
        let servers = try TestService.broker()
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let consumer = try Consumer(["bootstrap.servers": servers], on: core) { _ in }
            do {
                let result = try await body(consumer)
                await consumer.close()
                return result
            } catch {
                await consumer.close()
                throw error
            }
        }
    }
}
