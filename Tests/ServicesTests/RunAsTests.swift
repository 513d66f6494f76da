import GatehouseCrypto
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import Policy
import Registry
import TestSupport
import Testing

/// Registry and policy beside each other: a user under whom an application acts is not deleted, however close the two come.
@Suite struct RunAsTests {
    private enum Change: CaseIterable { case creation, patch }

    /// Both services look at what the other publishes, so both hold the user's lock while they do (04 § Heads).
    @Test func `a user who is deleted while an application is put under them is either kept or refused`() async throws {
        try await Pair.run { pair in
            for change in Change.allCases {
                let id = try await pair.application("Given \(change)", under: pair.admin.text)
                for round in 0..<40 {
                    let user = try await pair.user("u-\(change)-\(round)")
                    async let given =
                        change == .creation
                        ? pair.create("A \(change) \(round)", under: user).status
                        : pair.call("PATCH", "/applications/\(id)", ["run_as": .string(user)]).status
                    async let deleted = pair.call("DELETE", "/users/\(user)").status
                    let outcome = try await [given, deleted]
                    let success = change == .creation ? 201 : 200
                    #expect([[success, 409], [422, 204]].contains(outcome), "\(change): \(outcome)")
                }
            }
            let orphans = try await pair.database.text(
                """
                select count(*) from registry.published_applications a join policy.published_users u on u.id = a.run_as
                where u.deleted and not a.deleted
                """)
            #expect(orphans == "0")
        }
    }
}

/// The two services on one database, and an administrator who may do everything.
private struct Pair {
    let database: TestDatabase
    let registry: TestService
    let policy: TestService
    let admin: UserID

    static func run(_ body: (Pair) async throws -> Void) async throws {
        let database = try await MigratedDatabase.make()
        let owner = try database.url(as: "policy_owner")
        let core = Core()
        defer { core.stop() }
        let admin = try await core.run { core in
            let postgres = Postgres(Postgres.Settings(owner), on: core)
            let id = try await Bootstrap(postgres: postgres, domain: try DomainName("example.com"))
                .run(EmailAddress("ann@example.com"), Name("Ann"), at: .now())
            await postgres.close()
            return id
        }
        let key = Base64URL.text([UInt8](repeating: 3, count: 32))
        let policy = try await TestService.start(
            policyProgram, as: "policy", on: database, ["DOOR_KEY": key, "LEASE_TTL": "2s"])
        let registry = try await TestService.start(
            registryProgram, as: "registry", on: database, ["PEPPERS": "p1:\(key)"])
        let failure: (any Error)?
        do {
            try await body(Pair(database: database, registry: registry, policy: policy, admin: admin))
            failure = nil
        } catch {
            failure = error
        }
        await registry.stop()
        await policy.stop()
        try await database.drop()
        if let failure { throw failure }
    }

    func call(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> TestAnswer {
        let permissions = try await database.text("select string_agg(name, ' ') from policy.permission")
        let caller = Caller(
            decision: "d", user: Fact.User(admin, name: "Ann"), application: nil, scopes: [],
            permissions: Set(try permissions.split(separator: " ").map { try Permission(String($0)) }), domains: .all,
            ip: try Address("192.0.2.7"))
        let service = path.hasPrefix("/applications") ? registry : policy
        return try await service.call(method, "/api/v1" + path, as: caller, body)
    }

    func create(_ name: String, under user: String) async throws -> TestAnswer {
        try await call(
            "POST", "/applications",
            [
                "name": .string(name), "flow": "client_credentials", "scopes": ["read:segments"],
                "run_as": .string(user),
            ])
    }

    func application(_ name: String, under user: String) async throws -> String {
        try #require(try await create(name, under: user).json()["client_id"]?.string)
    }

    func user(_ name: String) async throws -> String {
        let made = try await call("POST", "/users", ["email": .string("\(name)@example.com"), "name": .string(name)])
        return try #require(try made.json()["id"]?.string)
    }
}
