import Foundation
import GatehouseCrypto
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePostgres
import Policy
import TestSupport

/// A policy that decides, with a small world in its database: Ann markets segments in her shop, Bea manages everything, and both have an
/// application; a key signs their tokens as the token service would.
struct PolicyHouse: Sendable {
    static let origin = "http://127.0.0.1:8080"
    static let doorKey = "a-door-key-of-more-than-32-characters"
    static let sync = "k3JAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    static let admin = "k3JBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
    static let ann = "01900000-0000-7000-8000-00000000000a"
    static let bea = "01900000-0000-7000-8000-00000000000b"

    let database: TestDatabase
    let service: TestService
    private let key: [UInt8]

    static func run(
        _ settings: [String: String] = [:], _ body: (PolicyHouse) async throws -> Void
    ) async throws {
        let database = try await MigratedDatabase.make()
        do {
            let signing = SigningKey()
            try await fill(database, signing)
            let service = try await TestService.start(
                policyProgram, as: "policy", on: database, ["DOOR_KEY": doorKey].merging(settings) { _, given in given }
            )
            do {
                try await body(PolicyHouse(database: database, service: service, key: signing.pkcs8))
            } catch {
                await service.stop()
                throw error
            }
            await service.stop()
        } catch {
            try? await database.drop()
            throw error
        }
        try await database.drop()
    }

    /// One change as services make it: the head, and the rows stamped with it.
    func change(_ schema: String, _ sql: String) async throws {
        try await database.script("update \(schema).head set revision = revision + 1;\n\(sql)")
    }

    func sql(_ text: String) async throws { try await database.script(text) }

    // MARK: - Tokens

    static func claims(
        of user: String = ann, _ application: String = sync, scope: String = "read:segments write:segments"
    ) -> JSON.Object {
        let now = Int64(Date().timeIntervalSince1970)
        return [
            "iss": .string(origin), "sub": .string(user), "aud": .string(origin), "client_id": .string(application),
            "scope": .string(scope), "iat": .integer(now), "exp": .integer(now + 600),
            "jti": .string(UUID().uuidString.lowercased()), "epoch": 1, "uep": 1,
        ]
    }

    /// A token of ours, unless `change` spoils it.
    func token(
        _ claims: JSON.Object = PolicyHouse.claims(), type: String = "at+jwt", keyID: String = "k1",
        _ change: (inout JSON.Object) -> Void = { _ in }
    ) throws -> String {
        var claims = claims
        change(&claims)
        let signer = JWS.Signer(try SigningKey(pkcs8: key), keyID: keyID, type: type)
        return String(decoding: signer.sign(JSON.object(claims).bytes), as: UTF8.self)
    }

    func adminToken() throws -> String {
        try token(
            Self.claims(
                of: Self.bea, Self.admin, scope: "read:segments write:segments read:users write:access read:access"))
    }

    var publicKey: VerifyingKey { get throws { try SigningKey(pkcs8: key).verifyingKey } }

    // MARK: - Questions

    /// Asks as nginx would.
    func ask(
        _ method: String = "GET", _ target: String = "/rest/v2/segments", _ token: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var sent = [
            "X-Gatehouse-Door-Key": Self.doorKey, "X-Original-URI": target, "X-Original-Method": method,
        ]
        if let token { sent["Authorization"] = "Bearer \(token)" }
        return try await service.internalClient.send(
            "GET", "/forward-auth", headers: sent.merging(headers) { _, given in given })
    }

    // MARK: - The world

    private static func fill(_ database: TestDatabase, _ key: SigningKey) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(
            contentsOf: root.appending(path: "Services/Policy/Catalogue/default-catalogue.json"), encoding: .utf8)
        let stamp = "now(), '\(bea)', now(), '\(bea)'"
        let manager = ["MANAGE_SEGMENTS", "MANAGE_USERS", "MANAGE_ROLES", "MANAGE_IP_BASED_ACCESS_SETTINGS"]
        func application(_ id: String, _ name: String, _ scopes: String, runAs: String) -> String {
            """
            insert into registry.application (client_id, name, name_key, description, defined_by, flow, redirect_uris,
                scopes, ip_ranges, run_as, enabled, secret_hmac, pepper_id, secret_hint, secret_created_at,
                secret_created_by, revision, created_at, created_by, updated_at, updated_by)
            values ('\(id)', '\(name)', lower('\(name)'), '', 'user', 'client_credentials', '{}', '{\(scopes)}', '[]',
                '\(runAs)', true, decode(repeat('00', 32), 'hex'), 'p', '…aaaa', now(), '\(bea)', 1, \(stamp));
            """
        }
        try await database.script(
            """
            insert into policy.catalogue values (true, $doc$\(document)$doc$, 1, now(), '\(bea)');
            insert into policy.permission select unnest('{\(manager.joined(separator: ","))}'::text[]), '';
            insert into policy.role values ('Marketer', false, 1, \(stamp)), ('Manager', false, 1, \(stamp));
            insert into policy.role_permission values ('Marketer', 'MANAGE_SEGMENTS');
            insert into policy.role_permission select 'Manager', name from policy.permission;
            insert into policy.domain values ('shop.example.com', false, 1, \(stamp));
            insert into policy.account (id, email, name, all_domains, revision, created_at, created_by, updated_at, updated_by)
            values ('\(ann)', 'ann@example.com', 'Ann', false, 1, \(stamp)), ('\(bea)', 'bea@example.com', 'Bea', true, 1, \(stamp));
            insert into policy.account_role values ('\(ann)', 'Marketer'), ('\(bea)', 'Manager');
            insert into policy.account_domain values ('\(ann)', 'shop.example.com');
            update policy.head set revision = 1;
            \(application(sync, "Shop sync", "read:segments,write:segments", runAs: ann))
            \(application(admin, "Console", "read:segments,write:segments,read:users,read:access,write:access", runAs: bea))
            update registry.head set revision = 1;
            insert into token.signing_key (kid, jwk, sealed, use_from, revision)
            values ('k1', '\(JWK(key.verifyingKey).json.text)', '', now(), 1);
            update token.head set revision = 1;
            """)
    }
}

extension TestDatabase {
    /// By the superuser, all or nothing.
    func script(_ sql: String) async throws {
        let core = Core()
        defer { core.stop() }
        let url = url
        try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            try await connection.script(sql)
        }
    }

    /// What one statement says: the first column of each row, as text.
    func texts(_ sql: String) async throws -> [String] {
        let core = Core()
        defer { core.stop() }
        let url = url
        return try await core.run { core in
            let connection = try await Connection.open(Connection.Settings(url), on: core)
            defer { connection.close() }
            return try await connection.query(Statement(sql) { try $0.text() })
        }
    }
}
