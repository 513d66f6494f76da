import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import TestSupport
import Testing

/// `Idempotency-Key` (03 § Management API, 04 § Idempotency).
@Suite struct IdempotencyTests {
    private static let key = ["Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"]
    private static let user: JSON = [
        "email": "bob@example.com", "name": "Bob", "domains": "all", "external_id": "crm-7",
    ]
    private static let bodies: [(path: String, body: JSON)] = [
        ("/users", user), ("/roles", ["name": "Readers", "permissions": ["READ_PROFILES", "MANAGE_USERS"]]),
        ("/domains", ["name": "a.example.com"]),
    ]

    private func claims(_ house: AdministrationHouse) async throws -> String {
        try await house.database.text(
            "select (select count(*) from policy.idempotency) || ' ' || (select count(*) from policy.idempotency_answer)"
        )
    }

    @Test func `what is asked for again is made once, and answered the same though it has gone`() async throws {
        try await AdministrationHouse.run { house in
            for (path, body) in Self.bodies {
                let head = try await house.head()
                let first = try await house.call("POST", path, body, headers: Self.key)
                #expect(first.status == 201)
                let location = try #require(first["Location"]?.dropFirst("/api/v1".count))
                #expect(try await house.call("DELETE", String(location)).status == 204)
                let again = try await house.call("POST", path, body, headers: Self.key)
                #expect(again.status == 201)
                #expect(again.text == first.text)
                #expect(again["ETag"] == first["ETag"])
                #expect(again["Location"] == first["Location"])
                #expect(again["Gatehouse-Propagation"]?.hasPrefix("complete; revision=\(head + 1);") == true)
                #expect(try await house.head() == head + 2)

                let other = try await house.call("POST", path, [:], headers: Self.key)
                #expect(other.status == 422)
                #expect(try other.fields() == ["Idempotency-Key"])
            }
            #expect(try await claims(house) == "3 3")
        }
    }

    /// The answer names a person.
    @Test func `what is kept is sealed`() async throws {
        try await AdministrationHouse.run { house in
            #expect(try await house.call("POST", "/users", Self.user, headers: Self.key).status == 201)
            let kept = try await house.database.text(
                "select row(encode(sealed, 'escape'), snapshot)::text from policy.idempotency_answer")
            #expect(kept.count > 50)
            for word in ["bob", "Bob", "crm-7"] { #expect(!kept.contains(word)) }
        }
    }

    @Test func `many at once by one key make one thing, and are answered the same`() async throws {
        try await AdministrationHouse.run { house in
            let head = try await house.head()
            for (path, body) in Self.bodies {
                let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                    for _ in 0..<20 {
                        group.addTask { try await house.call("POST", path, body, headers: Self.key) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.map(\.status) == Array(repeating: 201, count: 20))
                #expect(Set(answers.map(\.text)).count == 1)
            }
            #expect(try await house.head() == head + 3)
            #expect(try await claims(house) == "3 3")
        }
    }

    @Test func `a refusal keeps nothing, and bumps nothing`() async throws {
        try await AdministrationHouse.run { house in
            for (path, body) in Self.bodies { #expect(try await house.call("POST", path, body).status == 201) }
            let head = try await house.head()
            for (path, body) in Self.bodies {
                #expect(try await house.call("POST", path, body, headers: Self.key).status == 409)
                #expect(try await house.call("POST", path, [:], headers: Self.key).status == 422)
                let lesser = try house.caller(permissions: ["MANAGE_USERS"], domains: [])
                let more: JSON = ["email": "c@example.com", "name": "C", "domains": "all", "permissions": []]
                #expect(try await house.call("POST", path, more, as: lesser, headers: Self.key).status >= 400)
            }
            #expect(try await claims(house) == "0 0")
            #expect(try await house.head() == head)
            let (path, taken) = Self.bodies[2]
            #expect(try await house.call("DELETE", "/domains/a.example.com").status == 204)
            #expect(try await house.call("POST", path, taken, headers: Self.key).status == 201)
        }
    }

    @Test func `the test of an address changes nothing, and takes no notice of the key`() async throws {
        try await AdministrationHouse.run { house in
            for ip in ["192.0.2.1", "192.0.2.2"] {
                let answer = try await house.call(
                    "POST", "/ip-ranges/test", ["ip": .string(ip)], headers: Self.key)
                #expect(answer.status == 200)
            }
            let kept = try await claims(house)
            #expect(kept == "0 0")
        }
    }
}
