import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct RotationTests {
    @Test func `a rotation shows the new secret once, and the old one is gone`() async throws {
        try await RegistryHouse.run { house in
            let made = try await house.made()
            let id = made["client_id"]?.string ?? ""
            let old = try #require(made["client_secret"]?.string)
            let rotated = try await house.call("POST", RegistryHouse.path(id) + "/secret", [:])
            let body = try rotated.json()
            let new = try #require(body["client_secret"]?.string)
            let ms = try #require(body["propagation"]?["ms"])
            let time = try #require(body["secret"]?["created_at"])
            #expect(rotated.status == 200)
            #expect(
                body == [
                    "client_secret": .string(new),
                    "secret": [
                        "hint": .string("…" + new.suffix(4)), "generation": 2, "created_at": time,
                        "created_by": .string(RegistryHouse.ann), "last_used_at": nil,
                    ],
                    "propagation": ["state": "complete", "revision": 2, "replicas": 0, "lapsed": 0, "ms": ms],
                ])
            #expect(rotated["ETag"] == "\"2\"")
            #expect(
                rotated["Gatehouse-Propagation"]
                    == "complete; revision=2; replicas=0; lapsed=0; ms=\(ms.integer ?? -1)")
            #expect(new != old)
            #expect(try await house.isLive(new, of: id))
            #expect(try await !house.isLive(old, of: id))
            let shown = try await house.call("GET", RegistryHouse.path(id)).json()
            #expect(shown["client_id"] == made["client_id"])
            #expect(shown["secret"] == body["secret"])
            #expect(shown["client_secret"] == nil)
        }
    }

    /// A1: client credentials lose their tokens, users keep their grants, and whoever states it gets what they state.
    @Test func `epochs follow the flow, and revoke_tokens`() async throws {
        try await RegistryHouse.run { house in
            let code: JSON.Object = [
                "flow": "authorization_code", "redirect_uris": ["https://a.example/"],
                "website_url": "https://a.example",
            ]
            for (more, body, epochs) in [
                ([:], [:], "(2,2)"), ([:], ["revoke_tokens": nil], "(2,2)"), ([:], ["revoke_tokens": true], "(2,2)"),
                ([:], ["revoke_tokens": false], "(2,1)"), (code, [:], "(2,1)"),
                (code, ["revoke_tokens": true], "(2,2)"),
            ] as [(JSON.Object, JSON, String)] {
                let id = try await house.id("Rotated", more)
                #expect(try await house.call("POST", RegistryHouse.path(id) + "/secret", body).status == 200)
                #expect(try await house.column("row(epoch, min_epoch)", of: id) == epochs, "\(body)")
                #expect(try await house.call("DELETE", RegistryHouse.path(id)).status == 204)
            }
            let id = try await house.id()
            let path = RegistryHouse.path(id)
            let wrong = try await house.call("POST", path + "/secret", ["revoke_tokens": "no"])
            #expect(try wrong.json()["errors"] == [["field": "revoke_tokens", "detail": "must be true or false"]])
            #expect(try await house.column("row(epoch, min_epoch)", of: id) == "(1,1)")
        }
    }

    @Test func `tokens are revoked alone, by another run-as user, and by nothing less`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let path = RegistryHouse.path(id)
            let revoked = try await house.call("POST", path + "/revoke-tokens")
            #expect(revoked.status == 200)
            #expect(revoked.text == (try await house.call("GET", path).text))
            #expect(revoked["ETag"] == "\"2\"")
            #expect(revoked["Gatehouse-Propagation"]?.hasPrefix("complete; revision=2;") == true)
            #expect(try await house.column("row(epoch, min_epoch, secret_generation)", of: id) == "(2,2,1)")
            let rest: [JSON] = [["name": "N"], ["scopes": ["write:segments"]], ["enabled": false], ["enabled": true]]
            for patch in rest {
                #expect(try await house.call("PATCH", path, patch).status == 200)
                #expect(try await house.column("row(epoch, min_epoch)", of: id) == "(2,2)")
            }
            #expect(try await house.call("PATCH", path, ["run_as": .string(RegistryHouse.ann)]).status == 200)
            #expect(try await house.column("row(epoch, min_epoch)", of: id) == "(3,3)")
        }
    }

    @Test func `a hundred rotations at once leave one live secret, and every generation was somebody's`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let answers = try await withThrowingTaskGroup(of: JSON.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let answer = try await house.call("POST", RegistryHouse.path(id) + "/secret", [:])
                        #expect(answer.status == 200)
                        return try answer.json()
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.compactMap { $0["secret"]?["generation"]?.integer }.sorted() == Array(2...101))
            var live: [JSON] = []
            for answer in answers where try await house.isLive(answer["client_secret"]?.string ?? "", of: id) {
                live.append(answer)
            }
            #expect(live.compactMap { $0["secret"]?["generation"] } == [101])
            #expect(
                try await house.column("row(epoch, min_epoch, secret_generation, revision)", of: id)
                    == "(101,101,101,101)")
            #expect(try await house.head() == 101)
            let revisions = try await house.told().compactMap { $0["data"]?["revision"]?.integer }
            #expect(revisions.sorted() == Array(1...101))
        }
    }

    /// The one who rotates was checked against what the application was: if it is worth more now, the check is made again.
    @Test func `rotations beside a change of the run-as user never hand out more than was checked`() async throws {
        try await RegistryHouse.run { house in
            let id = try await house.id()
            let lesser = RegistryHouse.caller(domains: ["a.example.com"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let patch: JSON = ["run_as": .string(RegistryHouse.ann)]
                    let answer = try await house.call("PATCH", RegistryHouse.path(id), patch)
                    #expect(answer.status == 200)
                }
                for _ in 0..<30 {
                    group.addTask {
                        let answer = try await house.call("POST", RegistryHouse.path(id) + "/secret", as: lesser)
                        #expect([200, 403].contains(answer.status))
                    }
                }
                try await group.waitForAll()
            }
            let facts = try await house.told()
            let changed = try #require(
                facts.first { $0["type"] == "gatehouse.application.updated" }?["data"]?["revision"]?.integer)
            let rotations = facts.filter { $0["type"] == "gatehouse.secret.rotated" }
            #expect(rotations.allSatisfy { ($0["data"]?["revision"]?.integer ?? .max) < changed })
        }
    }
}
