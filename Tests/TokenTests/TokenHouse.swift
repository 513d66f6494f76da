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
    static let password = "correct horse battery"
    static let pepper = [UInt8](repeating: 3, count: 32)

    let service: TestService
    let secret: String
    /// Of this service, beside the harness's own.
    let settings: [String: String]
    var program: Program<TokenSettings> { tokenProgram }

    static func run(
        _ settings: [String: String] = [:], _ body: (TokenHouse) async throws -> Void
    ) async throws {
        let database = try await MigratedDatabase.make()
        let secret = ClientSecret(random: Random.bytes(32))?.text ?? ""
        let values = defaults.merging(settings) { _, given in given }
        let service = try await TestService.start(tokenProgram, as: "token", on: database, values)
        let house = TokenHouse(service: service, secret: secret, settings: values)
        try await house.seed()
        do { try await body(house) } catch {
            await service.stop()
            try await database.drop()
            throw error
        }
        await service.stop()
        try await database.drop()
    }

    private static let defaults = [
        "PEPPERS": "p1:" + Base64URL.text(pepper), "SEALING_KEY": Base64URL.text([UInt8](repeating: 4, count: 32)),
        "TRUSTED_PROXIES": "127.0.0.1",
    ]

    /// Runs `body` with another replica beside the first.
    func withReplica(_ body: (TokenHouse) async throws -> Void) async throws {
        let second = try await TestService.start(program, as: "token", on: service.database, settings)
        do { try await body(TokenHouse(service: second, secret: secret, settings: settings)) } catch {
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

    // MARK: - People

    /// Who may do everything, in a browser.
    static func administrator() throws -> Caller {
        Caller(
            decision: "0190b5a0-0000-7000-8000-0000000000dd",
            user: Fact.User(try UserID("0190b5a0-0000-7000-8000-0000000000aa"), name: "Root"), application: nil,
            scopes: [], permissions: [try Permission("MANAGE_USERS")], domains: .all, ip: try Address("192.0.2.1"))
    }

    /// Sets Ann's password, as an administrator does.
    func setPassword(_ password: String = TokenHouse.password, of user: String = TokenHouse.user) async throws {
        let answer = try await service.call(
            "PUT", "/api/v1/users/\(user)/password", as: Self.administrator(), ["password": .string(password)])
        guard answer.status == 204 else { throw Unexpected(description: answer.text) }
    }

    /// Where Ann's invitation leads: the link without our origin.
    func invite(_ user: String = TokenHouse.user) async throws -> String {
        let answer = try await service.call("POST", "/api/v1/users/\(user)/invitation", as: Self.administrator())
        guard answer.status == 201, let link = try answer.json()["link"]?.string else {
            throw Unexpected(description: answer.text)
        }
        return String(link.dropFirst("http://127.0.0.1:8080".count))
    }

    /// The password under parameters that are not ours any more.
    func outdatedHash() -> String? {
        PasswordHash.Parameters(logarithmOfCost: 10, blockSize: 8, parallelization: 1).map {
            PasswordHash(of: Array(Self.password.utf8), $0).text
        }
    }

    /// The program as it is on a host.
    func command(_ arguments: [String]) throws -> (status: Int32, output: String, complaint: String) {
        let database = service.database
        var values = settings
        values["POSTGRES_URL"] = try database.url(as: "token")
        values["POSTGRES_OWNER_URL"] = try database.url(as: "token_owner")
        values["KAFKA_BOOTSTRAP_SERVERS"] = try TestService.broker()
        values["ASSERTION_KEY"] = Base64URL.text(TestService.assertionKey)
        let tests = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "token")
        process.arguments = arguments
        process.environment = ["GATEHOUSE_ORIGIN": "http://127.0.0.1:8080"].merging(
            values.map { ("GATEHOUSE_" + $0.key, $0.value) }
        ) { $1 }
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = complaint.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: said, as: UTF8.self),
            String(decoding: complained, as: UTF8.self)
        )
    }

    struct Unexpected: Error, CustomStringConvertible { let description: String }

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
