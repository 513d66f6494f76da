import GatehouseCrypto
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Policy
import TestSupport

/// Policy on a database of its own, as `policy bootstrap` leaves it; Ann is its administrator.
struct AdministrationHouse {
    static let ann = "ann@example.com"

    let database: TestDatabase
    let service: TestService
    /// The administrator's id.
    let admin: UserID

    static func run(_ body: (AdministrationHouse) async throws -> Void) async throws {
        let database = try await MigratedDatabase.make()
        let owner = try database.url(as: "policy_owner")
        let core = Core()
        defer { core.stop() }
        let admin = try await core.run { core in
            let postgres = Postgres(Postgres.Settings(owner), on: core)
            let bootstrap = Bootstrap(postgres: postgres, domain: try DomainName("example.com"))
            let id = try await bootstrap.run(EmailAddress(ann), Name("Ann"), at: .now())
            await postgres.close()
            return id
        }
        try await database.script(seed)
        let service = try await TestService.start(
            policyProgram, as: "policy", on: database,
            ["DOOR_KEY": String(repeating: "k", count: 32), "LEASE_TTL": "2s"])
        let house = AdministrationHouse(database: database, service: service, admin: admin)
        do { try await body(house) } catch {
            await service.stop()
            try await database.drop()
            throw error
        }
        await service.stop()
        try await database.drop()
    }

    /// What is told is kept, for the relay empties the outbox.
    private static let seed = """
        create table told (position bigint, aggregatetype text, aggregateid text, type text, revision bigint, payload jsonb);
        create function tell() returns trigger language plpgsql security definer as $$
            begin
                insert into public.told values (new.position, new.aggregatetype, new.aggregateid, new.type, new.revision, new.payload);
                return new;
            end
        $$;
        create trigger tell after insert on policy.outbox for each row execute function tell();
        """
}

extension AdministrationHouse {
    static let everyPermission = [
        "MANAGE_APPLICATIONS", "AUTHORIZE_APPLICATIONS", "MANAGE_USERS", "MANAGE_ROLES",
        "MANAGE_IP_BASED_ACCESS_SETTINGS", "READ_AUDIT_EVENTS", "READ_PROFILES", "MANAGE_PROFILES", "MANAGE_SEGMENTS",
        "MANAGE_DIALOGUES", "MANAGE_CHANNELS", "MANAGE_CONNECTIONS", "MANAGE_NOTEBOOKS", "MANAGE_PROPERTIES",
        "MANAGE_LIFECYCLES", "MANAGE_LISTENERS", "MANAGE_OBJECTIVES", "MANAGE_PLUGINS", "MANAGE_MODELS", "READ_GROUPS",
        "MANAGE_GROUPS", "MANAGE_TRACKERS", "MANAGE_TIMELINE_EVENT_TYPES", "MANAGE_TIMELINE_EVENT_ROLLUPS",
    ]

    /// A caller as policy vouches for one: Ann in the console, or a bearer where it has scopes.
    func caller(
        scopes: [String]? = nil, permissions: [String] = everyPermission, domains: JSON = "all",
        ip: String? = "192.0.2.7"
    ) throws -> Caller {
        Caller(
            decision: "d", user: Fact.User(admin, name: "Ann"),
            application: try scopes.map { _ in
                Fact.Application(try ClientID(String(repeating: "z", count: 32)), name: "Deployer")
            },
            scopes: Set(try (scopes ?? []).map { try Scope($0) }),
            permissions: Set(try permissions.map { try Permission($0) }), domains: try Domains(json: domains),
            ip: try ip.map { try Address($0) })
    }

    func call(
        _ method: String, _ path: String, _ body: JSON? = nil, as caller: Caller? = nil, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await service.call(
            method, "/api/v1" + path, as: try caller ?? self.caller(), body, headers: headers)
    }

    /// Bytes that may be no JSON.
    func send(_ method: String, _ path: String, bytes: [UInt8]) async throws -> TestAnswer {
        let assertion = try Assertion(secret: TestService.assertionKey).sign(
            caller(), method: method, path: "/api/v1" + path, at: .now())
        return try await service.client.send(
            method, "/api/v1" + path, bytes, headers: [Assertion.header: String(decoding: assertion, as: UTF8.self)])
    }

    /// Makes a user; its id.
    func user(_ name: String, _ more: JSON.Object = [:]) async throws -> String {
        var body: JSON.Object = ["email": .string("\(name)@example.com"), "name": .string(name)]
        for (member, value) in more.members { body[member] = value }
        let answer = try await call("POST", "/users", .object(body))
        guard answer.status == 201, let id = try answer.json()["id"]?.string else {
            throw Unexpected(answer: answer.text)
        }
        return id
    }

    /// Makes a role; the path that names it.
    func role(_ name: String, _ permissions: JSON = ["READ_PROFILES"]) async throws -> String {
        let answer = try await call("POST", "/roles", ["name": .string(name), "permissions": permissions])
        guard answer.status == 201 else { throw Unexpected(answer: answer.text) }
        return "/roles/" + name
    }

    func head() async throws -> Int64 { Int64(try await database.text("select revision from policy.head")) ?? -1 }

    /// The facts since the start, in order.
    func told() async throws -> [JSON] {
        try await database.query(
            Statement("select payload from told order by position") { try JSON(parsing: $0.jsonb()) })
    }

    struct Unexpected: Error { let answer: String }
}

extension TestAnswer {
    /// The fields that the problem names.
    func fields() throws -> [String] { try json()["errors"]?.array?.compactMap { $0["field"]?.string } ?? [] }

    /// Whether the answer waited for its propagation, and may be relied upon.
    var isComplete: Bool { self["Gatehouse-Propagation"]?.hasPrefix("complete; revision=") == true }
}

extension AdministrationHouse {
    /// An application as registry has it; its client id.
    func application(_ name: String, runAs: String, ranges: [(low: String, high: String)] = []) async throws -> String {
        let id = (name.filter(\.isLetter) + String(repeating: "x", count: 32)).prefix(32)
        try await database.script(
            """
            insert into registry.application (client_id, name, name_key, description, defined_by, flow, redirect_uris, scopes,
                ip_ranges, run_as, enabled, secret_hmac, pepper_id, secret_hint, secret_created_at, secret_created_by,
                revision, created_at, created_by, updated_at, updated_by)
            values ('\(id)', '\(name)', lower('\(name)'), '', 'user', 'client_credentials', '{}', '{read:segments}', '[]', '\(runAs)',
                true, sha256('x'), 'p1', '…abcd', now(), '\(admin)', 0, now(), '\(admin)', now(), '\(admin)');
            """)
        for (low, high) in ranges {
            let bounds = [try Address(low), try Address(high)].map {
                "'\\x\($0.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())'"
            }
            try await database.script(
                "insert into registry.application_range (client_id, low, high, revision) values ('\(id)', \(bounds[0]), \(bounds[1]), 0)"
            )
        }
        return String(id)
    }
}
