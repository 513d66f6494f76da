import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// Which key has to have signed, and what a header cannot change of that.
@Suite struct `An assertion's key` {
    private func named(_ holder: KeyHolder, _ id: String) -> JSON {
        var members = holder.jwk.object ?? [:]
        members["kid"] = .string(id)
        return .object(members)
    }

    @Test func `is the one that the header names, or any where it names none`() async throws {
        try await TokenHouse.run { house in
            let (one, two, other) = (KeyHolder(), KeyHolder(), KeyHolder())
            try await house.give([named(one, "one"), named(two, "two")])
            for (holder, id, status) in [
                (one, "one", 200), (two, "two", 200), (one, "two", 401), (two, "one", 401), (other, "one", 401),
                (one, nil, 200), (two, nil, 200), (other, nil, 401), (one, "three", 401), (one, "", 401),
                (one, "../one", 401), (one, "ONE", 401), (one, "one\u{0}", 401), (one, "%6fne", 401),
                (one, "' or true --", 401), (one, "/dev/null", 401),
                (one, .some(String(repeating: "k", count: 3_000)), 401),
            ] as [(KeyHolder, String?, Int)] {
                var header: JSON.Object = [:]
                if let id { header["kid"] = .string(id) }
                #expect(try await house.ask(holder.assertion([:], header)).status == status, "\(id ?? "none")")
            }
            for id in [7, ["one"], true] as [JSON] {
                #expect(try await house.ask(one.assertion([:], ["kid": id])).status == 401, "\(id)")
            }
        }
    }

    /// The keys are read from the primary each time: what is taken away is gone for the very next request, on every replica.
    @Test func `counts as long as it stands with the application, and no request longer`() async throws {
        try await TokenHouse.run { house in
            try await house.withReplica { other in
                let (old, new) = (KeyHolder(), KeyHolder())
                for (keys, oldStatus, newStatus) in [
                    ([old.jwk], 200, 401), ([old.jwk, new.jwk], 200, 200), ([new.jwk], 401, 200), ([], 401, 401),
                    ([old.jwk], 200, 401),
                    // Another key under the name of the old.
                    ([named(new, old.jwk["kid"]?.string ?? "")], 401, 200),
                ] as [([JSON], Int, Int)] {
                    try await house.give(keys)
                    for house in [house, other, house] {
                        #expect(try await house.ask(old.assertion()).status == oldStatus)
                        #expect(try await house.ask(new.assertion()).status == newStatus)
                    }
                }
                try await house.give([old.jwk])
                #expect(try await other.ask(old.assertion()).status == 200)
                try await house.sql("update registry.application set jwks = null")
                #expect(try await other.ask(old.assertion()).status == 401)
            }
        }
    }

    @Test func `is public: no secret and no algorithm of secrets takes its place`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let (payload, key) = (KeyHolder.encoded(KeyHolder.claims()), holder.key.verifyingKey)
            let signed = holder.assertion()
            let signature = signed.split(separator: ".")[2]
            var forged: [String] = []
            for name in ["none", "None", "NONE", "nOnE", ""] {
                let header = KeyHolder.encoded(KeyHolder.header(["alg": .string(name)]))
                forged += ["\(header).\(payload).", "\(header).\(payload).\(signature)"]
            }
            // What is public is known to all: as a secret it proves nothing (RFC 8725 §2.1).
            let secrets = [
                key.x + key.y, [4] + key.x + key.y, holder.jwk.bytes, Array((holder.jwk["kid"]?.string ?? "").utf8),
                Array(house.secret.utf8), [UInt8](repeating: 0, count: 32), [],
            ]
            for secret in secrets {
                for name in ["HS256", "HS512", "ES256"] {
                    let unsigned = KeyHolder.encoded(KeyHolder.header(["alg": .string(name)])) + "." + payload
                    forged.append(unsigned + "." + Base64URL.text(HMAC.sha256(key: secret, Array(unsigned.utf8))))
                }
            }
            for name in ["RS256", "PS256", "EdDSA", "ES384", "ES256K", "es256", "RS1"] {
                forged.append(holder.assertion([:], ["alg": .string(name)]))
            }
            for other in [7, nil, ["ES256"], ["alg": "ES256"]] as [JSON] {
                forged.append(holder.assertion([:], ["alg": other]))
            }
            // As a key of the client: what a registry would never let in counts for nothing here either.
            let secret = [UInt8](repeating: 7, count: 32)
            let shared: JSON = ["kty": "oct", "kid": "s", "k": .string(Base64URL.text(secret))]
            for assertion in forged {
                #expect(try await house.ask(assertion).status == 401, "\(assertion.prefix(60))")
            }
            try await house.give([shared, holder.jwk])
            let unsigned = KeyHolder.encoded(KeyHolder.header(["alg": "HS256", "kid": "s"])) + "." + payload
            let code = Base64URL.text(HMAC.sha256(key: secret, Array(unsigned.utf8)))
            #expect(try await house.ask("\(unsigned).\(code)").status == 401)
            #expect(try await house.ask(signed).status == 200)
        }
    }

    @Test func `never comes with the assertion, nor from where its header points`() async throws {
        try await TokenHouse.run { house in
            let (holder, attacker) = (KeyHolder(), KeyHolder())
            try await house.give([holder.jwk])
            let headers: [JSON.Object] = [
                ["jwk": attacker.jwk], ["jku": "https://evil.example/jwks"], ["x5u": "https://evil.example/cert"],
                ["x5c": ["MIIB"]], ["x5t": "x"], ["jwk": attacker.jwk, "kid": holder.jwk["kid"] ?? ""],
                ["jku": "file:///dev/random"], ["jwk": "x", "jku": 7],
            ]
            for header in headers {
                #expect(try await house.ask(attacker.assertion([:], header)).status == 401)
                #expect(try await house.ask(holder.assertion([:], header)).status == 200)
            }
        }
    }

    @Test func `is not asked for what is signed for something else, or asks for more than we know`() async throws {
        try await TokenHouse.run { house in
            let holder = KeyHolder()
            try await house.give([holder.jwk])
            let headers: [JSON.Object] = [
                ["crit": ["exp"]], ["crit": []], ["crit": "x"], ["crit": ["b64"], "b64": false], ["typ": "at+jwt"],
                ["typ": "dpop+jwt"], ["typ": "oauth-authz-req+jwt"], ["typ": ""], ["typ": 7],
                ["x": .string(String(repeating: "x", count: 4_096))],
            ]
            for header in headers {
                #expect(
                    try await house.ask(holder.assertion([:], header)).status == 401,
                    "\(JSON.object(header).text.prefix(60))")
            }
            // Larger than any JWT that is looked at, and than any form.
            let large = holder.assertion(["x": .string(String(repeating: "x", count: 13_000))])
            #expect(large.utf8.count > 16_384)
            #expect(try await house.ask(large).status == 401)
            let huge = holder.assertion(["x": .string(String(repeating: "x", count: 70_000))])
            #expect(try await house.ask(huge).status == 413)
            #expect(try await house.ask(holder.assertion()).status == 200)
        }
    }
}
