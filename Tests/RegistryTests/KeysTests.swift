import GatehouseCrypto
import GatehouseJSON
import GatehousePlatform
import GatehousePostgres
import TestSupport
import Testing

/// The public keys by which a client may prove itself (`jwks`, for `private_key_jwt`).
@Suite struct KeysTests {
    private static func set(_ keys: JSON...) -> JSON { ["keys": .array(keys)] }

    @Test func `keys are stated, shown, replaced as a whole, and taken away by null`() async throws {
        try await RegistryHouse.run { house in
            #expect(try await house.made("Without")["jwks"] == JSON.null)
            let first = Self.set(SampleKeys.p256(["kid": "one"]))
            let id = try await house.id("With", ["jwks": first])
            let path = RegistryHouse.path(id)
            #expect(try await house.call("GET", path).json()["jwks"] == first)

            let second = Self.set(SampleKeys.rsa(["kid": "a", "use": "sig"]), SampleKeys.p256(["kid": "b"]))
            let patched = try await house.call("PATCH", path, ["jwks": second])
            #expect(patched.status == 200)
            #expect(try patched.json()["jwks"] == second)
            #expect(patched["ETag"] == "\"3\"")
            #expect(patched["Gatehouse-Propagation"]?.hasPrefix("complete; revision=3;") == true)
            let list = try await house.call("GET", "/api/v1/applications?q=With")
            #expect(try list.json()["items"]?.array?.compactMap { $0["jwks"] }.contains(second) == true)
            let published = "select jwks from registry.published_credentials where client_id = '\(id)'"
            #expect(try JSON(parsing: await house.database.text(published)) == second)

            // The same, however it is written, is no change; nor is what says nothing of them.
            for same in [["jwks": second], ["name": "With"]] as [JSON] {
                #expect(try await house.call("PATCH", path, same)["ETag"] == "\"3\"")
            }
            let cleared = try await house.call("PATCH", path, ["jwks": nil])
            #expect(try cleared.json()["jwks"] == JSON.null)
            #expect(try await house.column("jwks", of: id) == "null")
            #expect(try await house.column("row(epoch, min_epoch)", of: id) == "(1,1)")

            _ = try await house.call("PATCH", path, ["jwks": first])
            #expect(try await house.call("DELETE", path).status == 204)
            #expect(try await house.column("jwks", of: id) == "null")
        }
    }

    @Test func `of a key only what makes it is kept, and a name`() async throws {
        try await RegistryHouse.run { house in
            let key = SampleKeys.with(["kid": nil, "use": nil, "alg": nil], SampleKeys.p256())
            let dressed = SampleKeys.with(
                ["x5u": "https://evil.example/", "key_ops": ["verify"], "note": "mine", "use": "sig"], key)
            var body = Self.set(dressed).object ?? [:]
            body["owner"] = "somebody"
            let shown = try await house.made("Dressed", ["jwks": .object(body)])["jwks"]
            let thumbprint = try JWK(key).thumbprint
            #expect(
                shown == Self.set(SampleKeys.with(["use": "sig", "alg": "ES256", "kid": .string(thumbprint)], key)))
            let edwards = try await house.made("Edwards", ["jwks": Self.set(SampleKeys.ed25519())])["jwks"]
            // RFC 8037 appendix A.3.
            #expect(edwards?["keys"]?[0]?["kid"] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        }
    }

    private struct Row {
        let keys: JSON
        let field: String
        let detail: String

        init(_ keys: JSON, _ field: String, _ detail: String) {
            self.keys = keys
            self.field = field
            self.detail = detail
        }
    }

    private static let unfit = "is no key for ES256, RS256, PS256 or EdDSA: "
    private static let secret = "is private: state its public half only, and take it for known to others"
    private static let rows: [Row] = [
        Row("x", "jwks", "must be an object"), Row([], "jwks", "must be an object"),
        Row([:], "jwks.keys", "is required"), Row(SampleKeys.p256(), "jwks.keys", "is required"),
        Row(["keys": nil], "jwks.keys", "must not be null"), Row(["keys": "x"], "jwks.keys", "must be a list"),
        Row(set(), "jwks.keys", "must have at least one key (jwks: null takes them away)"),
        Row(set("x"), "jwks.keys[0]", "must be an object"),
        Row(set(SampleKeys.p256(), [:]), "jwks.keys[1]", unfit + "kty is missing"),
        Row(["keys": .array((0..<11).map { _ in SampleKeys.p256() })], "jwks.keys", "must have at most 10 elements"),
        Row(set(SampleKeys.ed25519(), SampleKeys.ed25519()), "jwks.keys[1]", "is listed twice"),
        Row(
            set(SampleKeys.p256(["kid": "a"]), SampleKeys.rsa(["kid": "b"]), SampleKeys.ed25519(["kid": "a"])),
            "jwks.keys[2].kid", "is the kid of another key, too"),
        Row(set(SampleKeys.p256(["kid": "a b"])), "jwks.keys[0].kid", "must be 1 to 100 visible ASCII characters"),
        Row(set(SampleKeys.p256(["kid": "\u{202E}"])), "jwks.keys[0].kid", "must be 1 to 100 visible ASCII characters"),
        Row(
            set(SampleKeys.p256(["kid": .string(String(repeating: "k", count: 101))])), "jwks.keys[0].kid",
            "must be 1 to 100 visible ASCII characters"),
        Row(set(SampleKeys.p256(["kid": 7])), "jwks.keys[0]", unfit + "kid is not a string of 1–2,048 bytes"),
        Row(set(SampleKeys.p256(["crv": "P-384"])), "jwks.keys[0]", unfit + "the curve is not P-256"),
        Row(set(SampleKeys.p256(["alg": "HS256"])), "jwks.keys[0]", unfit + "the key's algorithm (alg) is not ES256"),
        Row(set(SampleKeys.p256(["alg": "none"])), "jwks.keys[0]", unfit + "the key's algorithm (alg) is not ES256"),
        Row(
            set(SampleKeys.rsa(["alg": "RS512"])), "jwks.keys[0]",
            unfit + "the key's algorithm (alg) is not RS256 or PS256"),
        Row(set(SampleKeys.p256(["use": "enc"])), "jwks.keys[0]", unfit + "the key is not for signatures (use)"),
        Row(
            set(SampleKeys.rsa(["n": .string(Base64URL.text([UInt8](repeating: 0xFF, count: 128)))])), "jwks.keys[0]",
            unfit + "an RSA key has 2,048 to 8,192 bits, not 1024"),
        Row(
            set(SampleKeys.rsa(["n": .string(SampleKeys.factorable)])), "jwks.keys[0]",
            unfit + "the key was made by a broken generator (ROCA, CVE-2017-15361)"),
        Row(
            set(["kty": "oct", "alg": "HS256"]), "jwks.keys[0]", unfit + "k is missing"),
        Row(
            ["keys": .array((0..<10).map { SampleKeys.rsa(["kid": .string(String(repeating: "\($0)", count: 100))]) })],
            "jwks", "must have at most 8192 bytes"),
    ]

    @Test func `what is wrong with a key is told at its place, in a body that makes and in a patch`() async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            for row in Self.rows {
                for answer in [
                    try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("B", ["jwks": row.keys])),
                    try await house.call("PATCH", path, ["jwks": row.keys]),
                ] {
                    #expect(answer.status == 422)
                    #expect(
                        try answer.json()["errors"]
                            == [["field": .string(row.field), "detail": .string(row.detail)]])
                }
            }
            #expect(try await house.head() == 1)
        }
    }

    /// Ten keys of 4,096 bits fit.
    @Test func `as many keys as may be are taken`() async throws {
        try await RegistryHouse.run { house in
            let keys = (0..<10).map { SampleKeys.rsa(["kid": .string("k\($0)")]) }
            let made = try await house.made("Many", ["jwks": ["keys": .array(keys)]])
            #expect(made["jwks"]?["keys"]?.array?.count == 10)
        }
    }

    @Test(arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
    func `a set with a private member is refused, and stands nowhere afterwards`(member: String) async throws {
        try await RegistryHouse.run { house in
            let path = RegistryHouse.path(try await house.id())
            let word = "PRIVATEprivatePRIVATEprivatePRIVATEprivate0"
            for key in [SampleKeys.p256(), SampleKeys.rsa(), SampleKeys.ed25519(), ["kty": "oct"]] {
                let keys = Self.set(SampleKeys.p256(), SampleKeys.with([member: .string(word)], key))
                let claim = ["Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"]
                for answer in [
                    try await house.call(
                        "POST", "/api/v1/applications", RegistryHouse.draft("B", ["jwks": keys]), headers: claim),
                    try await house.call("PATCH", path, ["jwks": keys]),
                ] {
                    #expect(answer.status == 422)
                    #expect(!answer.text.contains(word))
                    #expect(
                        try answer.json()["errors"] == [["field": "jwks.keys[1]", "detail": .string(Self.secret)]])
                }
            }
            let tables = try await house.database.query(
                Statement("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'registry'")
                { try $0.text() })
            #expect(tables.count > 4)
            for table in tables {
                let found = "select count(*) from \(table) t where strpos(t::text, '\(word)') > 0"
                #expect(try await house.database.text(found) == "0", "\(table)")
            }
            // Nor could the service's role write one, whatever the code said.
            await #expect(throws: (any Error).self) {
                try await house.database.query(
                    Statement(#"update registry.application set jwks = '{"keys": [{"d": "x"}]}'"#), as: "registry")
            }
        }
    }

    @Test func `more keys widen, fewer do not`() async throws {
        try await RegistryHouse.run { house in
            let (one, two, three) = (SampleKeys.p256(), SampleKeys.rsa(["kid": "r"]), SampleKeys.ed25519(["kid": "e"]))
            let lesser = RegistryHouse.caller(
                scopes: ["write:applications"], permissions: ["MANAGE_APPLICATIONS"], domains: [])
            let lacking: JSON = [
                "permissions": ["READ_PROFILES"], "domains": ["a.example.com"], "scopes": ["read:segments"],
            ]
            let keyless = RegistryHouse.path(try await house.id("Keyless"))
            let keyed = RegistryHouse.path(try await house.id("Keyed", ["jwks": Self.set(one, two)]))
            for (path, keys) in [
                (keyless, Self.set(one)), (keyed, Self.set(three)), (keyed, Self.set(one, two, three)),
                (keyed, Self.set(one, SampleKeys.with(["alg": "PS256"], two))),
                (keyed, Self.set(SampleKeys.with(["kid": "another"], one), two)),
            ] {
                let before = try await house.head()
                let answer = try await house.call("PATCH", path, ["jwks": keys], as: lesser)
                #expect(answer.status == 403)
                #expect(try answer.json()["lacking"] == lacking)
                #expect(try await house.head() == before)
            }
            for keys in [Self.set(two, one), Self.set(two), nil] as [JSON] {
                #expect(try await house.call("PATCH", keyed, ["jwks": keys], as: lesser).status == 200)
            }
            #expect(try await house.call("PATCH", keyed, ["jwks": Self.set(one)]).status == 200)
        }
    }

    @Test func `facts tell which keys came and went, and nothing else of them`() async throws {
        try await RegistryHouse.run { house in
            let (one, two) = (SampleKeys.p256(["kid": "one"]), SampleKeys.rsa(["kid": "two"]))
            func told(_ keys: JSON...) throws -> JSON {
                .array(
                    try keys.map { key -> JSON in
                        ["kid": key["kid"] ?? .null, "thumbprint": .string(try JWK(key).thumbprint)]
                    })
            }
            let path = RegistryHouse.path(try await house.id("Told", ["jwks": Self.set(one)]))
            for keys in [Self.set(one, two), Self.set(SampleKeys.with(["alg": "PS256"], two)), nil] as [JSON] {
                #expect(try await house.call("PATCH", path, ["jwks": keys]).status == 200)
            }
            _ = try await house.call("PATCH", path, ["jwks": Self.set(two)])
            _ = try await house.call("PATCH", path, ["jwks": Self.set(SampleKeys.with(["alg": "RS256"], two))])
            let changes = try await house.told().map { fact in
                fact["data"]?["changes"]?.array?.filter { $0["field"] == "jwks" } ?? []
            }
            let expected: [(JSON, JSON)] = [
                (nil, try told(one)), (try told(one), try told(one, two)), (try told(one, two), try told(two)),
                (try told(two), nil), (nil, try told(two)), ("[redacted]", "[redacted]"),
            ]
            #expect(
                changes == expected.map { (from, to) -> [JSON] in [["field": "jwks", "from": from, "to": to]] })
            for fact in try await house.told() {
                for key in [one, two] {
                    for member in ["x", "y", "n"] {
                        if let value = key[member]?.string { #expect(!fact.text.contains(value)) }
                    }
                }
            }
        }
    }
}
