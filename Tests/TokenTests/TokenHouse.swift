import Foundation
import GatehouseCrypto
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Token

/// The token service on a database of its own, with an application to play with.
struct TokenHouse {
    static let clientID = String(repeating: "a", count: 32)
    static let otherID = String(repeating: "b", count: 32)
    static let user = "0190b5a0-0000-7000-8000-000000000001"
    static let pepper = [UInt8](repeating: 3, count: 32)

    let service: TestService
    let secret: String

    static func run(
        _ settings: [String: String] = [:], _ body: (TokenHouse) async throws -> Void
    ) async throws {
        let database = try await MigratedDatabase.make()
        let secret = ClientSecret(random: Random.bytes(32))?.text ?? ""
        let service = try await start(on: database, settings)
        let house = TokenHouse(service: service, secret: secret)
        try await house.seed()
        do { try await body(house) } catch {
            await service.stop()
            try await database.drop()
            throw error
        }
        await service.stop()
        try await database.drop()
    }

    private static func start(on database: TestDatabase, _ settings: [String: String] = [:]) async throws -> TestService
    {
        var values = [
            "PEPPERS": "p1:" + Base64URL.text(pepper), "SEALING_KEY": Base64URL.text([UInt8](repeating: 4, count: 32)),
            "TRUSTED_PROXIES": "127.0.0.1",
        ]
        values.merge(settings) { _, given in given }
        return try await TestService.start(tokenProgram, as: "token", on: database, values)
    }

    /// Runs `body` with another replica beside the first.
    func withReplica(_ body: (TokenHouse) async throws -> Void) async throws {
        let second = try await Self.start(on: service.database)
        do { try await body(TokenHouse(service: second, secret: secret)) } catch {
            await second.stop()
            throw error
        }
        await second.stop()
    }

    /// A user, and two applications that run as them.
    private func seed() async throws {
        let code = HMAC.sha256(key: Self.pepper, Array(secret.utf8)).map { String(format: "%02x", $0) }.joined()
        try await sql(
            """
            insert into policy.account (id, email, name, active, all_domains, revision, created_at, created_by, updated_at, updated_by)
            values ('\(Self.user)', 'ann@example.com', 'Ann', true, true, 1, now(), '\(Self.user)', now(), '\(Self.user)');
            """)
        for (id, name, scopes) in [
            (Self.clientID, "Shop sync", "{read:segments,write:segments}"),
            (Self.otherID, "Other", "{introspect:tokens}"),
        ] {
            try await sql(
                """
                insert into registry.application (client_id, name, name_key, description, defined_by, redirect_uris, ip_ranges, enabled, flow, scopes, run_as, secret_hmac, pepper_id, secret_hint,
                    secret_created_at, secret_created_by, revision, created_at, created_by, updated_at, updated_by)
                values ('\(id)', '\(name)', lower('\(name)'), '', 'user', '{}', '[]', true, 'client_credentials', '\(scopes)', '\(Self.user)', '\\x\(code)', 'p1', '…1234',
                    now(), '\(Self.user)', 1, now(), '\(Self.user)', now(), '\(Self.user)');
                """)
        }
    }

    /// As the superuser.
    func sql(_ sql: String) async throws {
        let url = service.database.url
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            try await connection.script(sql)
        }
    }

    func count(_ sql: String) async throws -> Int64 {
        let url = service.database.url
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            return try await connection.query(Statement("select count(*) from \(sql)") { try $0.int8() }).first ?? 0
        }
    }

    func post(
        _ path: String, _ form: String, authorization: String? = nil, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var all = ["Content-Type": "application/x-www-form-urlencoded"]
        if let authorization { all["Authorization"] = authorization }
        all.merge(headers) { _, given in given }
        return try await service.client.send("POST", path, Array(form.utf8), headers: all)
    }

    func basic(_ id: String = clientID, _ secret: String? = nil) -> String {
        "Basic " + Data("\(id):\(secret ?? self.secret)".utf8).base64EncodedString()
    }

    /// A token of the first application, or the answer's text.
    func token(_ form: String = "grant_type=client_credentials", as id: String = clientID) async throws -> String {
        let answer = try await post("/oauth/token", form, authorization: basic(id))
        return try answer.json()["access_token"]?.string ?? answer.text
    }

    func introspect(_ token: String, as id: String = clientID) async throws -> String {
        try await post("/oauth/introspect", "token=\(token)", authorization: basic(id)).text
    }
}
