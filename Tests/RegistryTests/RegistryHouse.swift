import Foundation
import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Registry
import TestSupport

/// The registry on a database of its own, where policy has published a catalogue and some users.
struct RegistryHouse {
    static let pepper = [UInt8](repeating: 3, count: 32)
    static let peppers = "p1:" + Base64URL.text(pepper)

    let database: TestDatabase
    let service: TestService

    static func run(_ body: (RegistryHouse) async throws -> Void) async throws {
        let database = try await MigratedDatabase.make()
        try await database.script(seed)
        let service = try await TestService.start(registryProgram, as: "registry", on: database, ["PEPPERS": peppers])
        let house = RegistryHouse(database: database, service: service)
        do { try await body(house) } catch {
            await service.stop()
            try await database.drop()
            throw error
        }
        await service.stop()
        try await database.drop()
    }

    /// Has all permissions and domains.
    static let ann = "0190b5a0-0000-7000-8000-000000000001"
    /// May read profiles on the domain a.
    static let bob = "0190b5a0-0000-7000-8000-000000000002"
    /// Is not active.
    static let ida = "0190b5a0-0000-7000-8000-000000000003"

    /// May do nothing.
    static let cid = "0190b5a0-0000-7000-8000-000000000004"

    static let scopes = ["read:applications", "write:applications", "read:segments", "write:segments"]

    /// The path of an application.
    static func path(_ id: String) -> String { "/api/v1/applications/\(id)" }
}

extension RegistryHouse {
    /// Ann in the console.
    static let console = caller()

    /// A caller as policy vouches for one; a bearer's where it has scopes.
    static func caller(
        scopes: [String]? = nil, permissions: [String] = ["MANAGE_APPLICATIONS", "READ_PROFILES"],
        domains: JSON = "all"
    ) -> Caller {
        do {
            return Caller(
                decision: "d", user: Fact.User(try UserID(ann), name: "Ann"),
                application: try scopes.map { _ in
                    Fact.Application(try ClientID(String(repeating: "z", count: 32)), name: "Deployer")
                },
                scopes: Set(try (scopes ?? []).map { try Scope($0) }),
                permissions: Set(try permissions.map { try Permission($0) }), domains: try Domains(json: domains),
                ip: try Address("192.0.2.7"))
        } catch {
            fatalError("\(error)")
        }
    }

    func call(
        _ method: String, _ path: String, _ body: JSON? = nil, as caller: Caller = console,
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await service.call(method, path, as: caller, body, headers: headers)
    }

    /// Bytes that may be no JSON.
    func send(
        _ method: String, _ path: String, bytes: [UInt8], headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        let assertion = try Assertion(secret: TestService.assertionKey).sign(
            Self.console, method: method, path: path, at: .now())
        let signed = [Assertion.header: String(decoding: assertion, as: UTF8.self)]
        return try await service.client.send(method, path, bytes, headers: headers.merging(signed) { $1 })
    }

    /// The least that makes an application, with more members or others.
    static func draft(_ name: String, _ more: JSON.Object = [:]) -> JSON {
        var draft: JSON.Object = [
            "name": .string(name), "flow": "client_credentials", "scopes": ["read:segments"], "run_as": .string(bob),
        ]
        for (member, value) in more.members { draft[member] = value }
        return .object(draft)
    }

    /// Makes one; the answer's body.
    func made(_ name: String = "Shop sync", _ more: JSON.Object = [:]) async throws -> JSON.Object {
        let answer = try await call("POST", "/api/v1/applications", Self.draft(name, more))
        guard answer.status == 201, let body = try answer.json().object else { throw Unexpected(answer: answer.text) }
        return body
    }

    /// Makes one; its client id.
    func id(_ name: String = "Shop sync", _ more: JSON.Object = [:]) async throws -> String {
        try await made(name, more)["client_id"]?.string ?? ""
    }

    /// What a column of the application says.
    func column(_ name: String, of id: String) async throws -> String {
        try await database.text("select \(name) from registry.application where client_id = '\(id)'")
    }

    func head() async throws -> Int64 {
        Int64(try await database.text("select revision from registry.head")) ?? -1
    }

    /// Whether the stored code is this secret's.
    func isLive(_ secret: String, of id: String) async throws -> Bool {
        let code = HMAC.sha256(key: Self.pepper, Array(secret.utf8)).map { String(format: "%02x", $0) }.joined()
        return try await column("secret_hmac", of: id) == "\\x" + code
    }

    struct Unexpected: Error { let answer: String }
}

extension RegistryHouse {
    /// The facts that were told so far, in order: the outbox is emptied by its relay, so a trigger keeps a copy.
    func told() async throws -> [JSON] {
        try await database.query(
            Statement("select payload from told order by position") { try JSON(parsing: $0.jsonb()) })
    }

    private static let seed = """
        insert into policy.scope (name, words) select name, name from unnest('{\(scopes.joined(separator: ","))}'::text[]) name
            on conflict do nothing;
        insert into policy.permission (name, words) values ('MANAGE_APPLICATIONS', ''), ('READ_PROFILES', '') on conflict do nothing;
        insert into policy.role (name, revision, created_at, created_by, updated_at, updated_by)
            select name, 1, now(), '\(ann)', now(), '\(ann)' from (values ('All'), ('Reader')) r (name);
        insert into policy.role_permission (role, permission)
            values ('All', 'MANAGE_APPLICATIONS'), ('All', 'READ_PROFILES'), ('Reader', 'READ_PROFILES');
        insert into policy.domain (name, revision, created_at, created_by, updated_at, updated_by)
            values ('a.example.com', 1, now(), '\(ann)', now(), '\(ann)');
        insert into policy.account (id, email, name, active, all_domains, revision, created_at, created_by, updated_at, updated_by)
            select id::uuid, name || '@example.com', name, active, all_domains, 1, now(), id::uuid, now(), id::uuid
            from (values ('\(ann)', 'Ann', true, true), ('\(bob)', 'Bob', true, false), ('\(ida)', 'Ida', false, false), ('\(cid)', 'Cid', true, false))
                u (id, name, active, all_domains);
        insert into policy.account_role (account, role) values ('\(ann)', 'All'), ('\(bob)', 'Reader'), ('\(ida)', 'Reader');
        insert into policy.account_domain (account, domain) values ('\(bob)', 'a.example.com');

        create table told (position bigint, aggregatetype text, aggregateid text, type text, revision bigint, payload jsonb);
        create function tell() returns trigger language plpgsql security definer as $$
            begin
                insert into public.told values (new.position, new.aggregatetype, new.aggregateid, new.type, new.revision, new.payload);
                return new;
            end
        $$;
        create trigger tell after insert on registry.outbox for each row execute function tell();
        """
}
