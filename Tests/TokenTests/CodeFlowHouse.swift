import Foundation
import GatehouseCrypto
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing
import Token

/// The token service with an application of the code flow, and a user who may authorize applications.
extension TokenHouse {
    static let webID = String(repeating: "c", count: 32)
    static let callback = "https://shop.example.com/callback"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let inactive = #"{"active":false}"#

    static func runCodeFlow(
        _ settings: [String: String] = [:], _ body: (TokenHouse) async throws -> Void
    ) async throws {
        try await run(settings) { house in
            try await house.seedCodeFlow()
            try await body(house)
        }
    }

    /// A trigger keeps a copy of what is told: the outbox is emptied by its relay.
    private func seedCodeFlow() async throws {
        let code = HMAC.sha256(key: Self.pepper, Array(secret.utf8)).map { String(format: "%02x", $0) }.joined()
        try await sql(
            """
            insert into policy.permission (name, words) values ('AUTHORIZE_APPLICATIONS', '') on conflict do nothing;
            insert into policy.role (name, revision, created_at, created_by, updated_at, updated_by)
            values ('Authorizer', 1, now(), '\(Self.user)', now(), '\(Self.user)');
            insert into policy.role_permission (role, permission) values ('Authorizer', 'AUTHORIZE_APPLICATIONS');
            insert into policy.account_role (account, role) values ('\(Self.user)', 'Authorizer');
            insert into registry.application (client_id, name, name_key, description, defined_by, redirect_uris, website_url, ip_ranges, enabled, flow, scopes, secret_hmac, pepper_id, secret_hint,
                secret_created_at, secret_created_by, revision, created_at, created_by, updated_at, updated_by)
            values ('\(Self.webID)', 'Web shop', 'web shop', '', 'user', '{\(Self.callback),http://127.0.0.1/cb}', 'https://shop.example.com/', '[]', true, 'authorization_code',
                '{read:segments,write:segments}', '\\x\(code)', 'p1', '…1234', now(), '\(Self.user)', 1, now(), '\(Self.user)', now(), '\(Self.user)');

            create table told (position bigint, type text, payload jsonb);
            create function tell() returns trigger language plpgsql security definer as $$
                begin
                    insert into public.told values (new.position, new.type, new.payload);
                    return new;
                end
            $$;
            create trigger tell after insert on token.outbox for each row execute function tell();
            """)
    }

    /// The facts of a type that went through the outbox, in order.
    func told(_ type: String) async throws -> [JSON] {
        try await service.database.query(
            Statement("select payload -> 'data' from told where type = $1 order by position") {
                try JSON(parsing: $0.jsonb())
            }, [.text("gatehouse.\(type)")])
    }

    /// What `/oauth/authorize` makes of a yes; nil where it is none.
    func code(
        _ scopes: [String] = ["read:segments", "write:segments"], redirect: String = callback, at now: Timestamp? = nil,
        life: Duration = .seconds(365 * 86_400)
    ) async throws -> String? {
        try await codes(1, scopes, redirect: redirect, at: now, life: life).first ?? nil
    }

    func codes(
        _ count: Int, _ scopes: [String] = ["read:segments", "write:segments"], redirect: String = callback,
        at now: Timestamp? = nil, life: Duration = .seconds(365 * 86_400)
    ) async throws -> [String?] {
        let url = try service.database.url(as: "token")
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            let postgres = Postgres(Postgres.Settings(url), on: core)
            let consents = Consents(
                postgres, sealingKey: [UInt8](repeating: 4, count: 32), grantLife: life)
            let made = now ?? .now()
            var codes: [String?] = []
            for _ in 0..<count {
                let challenge = try #require(CodeChallenge(verifier: Self.verifier))
                let registered = redirect.hasPrefix("http://") ? "http://127.0.0.1/cb" : Self.callback
                let consent = Consent(
                    grant: .fresh(at: made), user: Fact.User(try UserID(Self.user), name: "Ann"), userEpoch: 1,
                    application: Fact.Application(try ClientID(Self.webID), name: "Web shop"),
                    website: "https://shop.example.com/", scopes: try scopes.map { try Scope($0) },
                    redirectURI: redirect, registeredURI: try RedirectURI(registered), challenge: challenge, made: made,
                    ip: try Address("203.0.113.7"))
                codes.append(try await consents.give(consent))
            }
            await postgres.close()
            return codes
        }
    }

    /// At the token endpoint, as `id`.
    func exchange(
        _ code: String, verifier: String? = verifier, redirect: String? = callback, as id: String = webID
    ) async throws -> TestAnswer {
        var form = "grant_type=authorization_code&code=\(code)"
        if let verifier { form += "&code_verifier=\(Self.escaped(verifier))" }
        if let redirect { form += "&redirect_uri=\(Self.escaped(redirect))" }
        return try await post("/oauth/token", form, authorization: basic(id))
    }

    func refresh(_ token: String, scope: String? = nil, as id: String = webID) async throws -> TestAnswer {
        let more = scope.map { "&scope=\(Self.escaped($0))" } ?? ""
        return try await post(
            "/oauth/token", "grant_type=refresh_token&refresh_token=\(Self.escaped(token))\(more)",
            authorization: basic(id))
    }

    /// The first tokens of a new grant.
    func tokens(_ scopes: [String] = ["read:segments", "write:segments"]) async throws -> Tokens {
        try Tokens(await exchange(try #require(try await code(scopes))))
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    struct Tokens {
        let access: String
        let refresh: String
        let scope: String
        let claims: JSON

        init(_ answer: TestAnswer) throws {
            let body = try answer.json()
            access = try #require(body["access_token"]?.string, "\(answer.text)")
            refresh = try #require(body["refresh_token"]?.string)
            scope = try #require(body["scope"]?.string)
            let payload = access.split(separator: ".")[1]
            claims = try JSON(parsing: try #require(Base64URL.decode(String(payload))))
        }
    }
}

extension TestAnswer {
    /// The value of `error` in an answer of 400.
    var refusal: String? { status == 400 ? (try? json())?["error"]?.string : "\(status)" }
}

extension TokenHouse {
    /// How many of `count` requests to the token endpoint that are sent at once, each on its own connection, are answered with each status.
    func atOnce(_ count: Int, _ form: String) async throws -> [Int: Int] {
        let request =
            "POST /oauth/token HTTP/1.1\r\nHost: a\r\nAuthorization: \(basic(Self.webID))\r\nConnection: close\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n\r\n\(form)"
        let port = service.port
        let core = Core()
        defer { core.stop() }
        return try await core.run { core in
            var clients: [RawClient] = []
            for _ in 0..<count { clients.append(try RawClient(port, core.events)) }
            for client in clients { try await client.send(request) }
            var statuses: [Int: Int] = [:]
            for client in clients { statuses[try await client.receive().status, default: 0] += 1 }
            for client in clients { client.close() }
            return statuses
        }
    }
}
