import Foundation
import GatehouseJSON
import TestSupport
import Testing

/// What an application needs attention for is told wherever it is shown, as of the moment.
@Suite struct AttentionTests {
    private func attention(_ house: RegistryHouse, _ id: String) async throws -> JSON? {
        let shown = try await house.call("GET", RegistryHouse.path(id)).json()
        let listed = try await house.call("GET", "/api/v1/applications").json()["items"]?.array ?? []
        let item = listed.first { $0["client_id"]?.string == id }
        #expect(item?["attention"] == shown["attention"])
        return shown["attention"]
    }

    @Test func `a run-as user who is not active, or may use no route of a scope`() async throws {
        try await RegistryHouse.run { house in
            try await house.database.script(
                "insert into policy.scope_permission values ('read:segments', 'READ_PROFILES'), ('write:segments', 'MANAGE_APPLICATIONS'), ('write:segments', '')"
            )
            let id = try await house.id("Shop sync", ["scopes": ["read:segments", "write:segments"]])
            #expect(try await attention(house, id) == [])
            try await house.database.script("delete from policy.account_role where account = '\(RegistryHouse.bob)'")
            #expect(try await attention(house, id) == ["run_as_lacks_permission"])
            try await house.database.script(
                "update policy.account set active = false where id = '\(RegistryHouse.bob)'")
            #expect(try await attention(house, id) == ["run_as_inactive"])
            let patched = try await house.call("PATCH", RegistryHouse.path(id), ["description": "d"])
            #expect(try patched.json()["attention"] == ["run_as_inactive"])
        }
    }

    @Test func `a component whose kind is gone`() async throws {
        try await RegistryHouse.run { house in
            try await house.database.script(
                """
                insert into policy.catalogue (document, revision, updated_at, updated_by)
                values ('{"internal_kinds": [{"kind": "sensor"}]}', 1, now(), '\(RegistryHouse.ann)')
                on conflict (one) do update set document = excluded.document
                """)
            let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            defer { try? FileManager.default.removeItem(at: file) }
            let added = try house.program([
                "component", "add", "--kind", "sensor", "--name", "Door", "--credentials", file.path,
            ])
            let id = try JSON(parsing: Array(added.output.utf8).dropLast(1))["client_id"]?.string ?? ""
            #expect(try await attention(house, id) == [])
            try await house.database.script("update policy.catalogue set document = '{\"internal_kinds\": []}'")
            #expect(try await attention(house, id) == ["kind_unknown"])
        }
    }

    @Test func `is left out where it cannot be read: no secret is lost for it`() async throws {
        try await RegistryHouse.run { house in
            try await house.database.script("revoke select on policy.published_networks from registry")
            let made = try await house.made()
            let id = made["client_id"]?.string ?? ""
            #expect(try await house.isLive(made["client_secret"]?.string ?? "", of: id))
            #expect(made["attention"] == [])
            #expect(try await house.call("PATCH", RegistryHouse.path(id), ["description": "d"]).status == 200)
            try await house.database.script("grant select on policy.published_networks to registry")
            try await house.database.script("delete from policy.scope where name = 'read:segments'")
            let revoked = try await house.call("POST", RegistryHouse.path(id) + "/revoke-tokens")
            #expect(try revoked.json()["attention"] == ["scope_unknown"])
        }
    }

    @Test func `a range outside the general list, a scope that is gone`() async throws {
        try await RegistryHouse.run { house in
            let ranges: JSON = [["range": "203.0.113.0/24"], ["range": "192.0.2.1"]]
            let id = try await house.id("Shop sync", ["ip_ranges": ranges])
            #expect(try await attention(house, id) == [])
            func allow(_ low: String, _ high: String) async throws {
                try await house.database.script(
                    "insert into policy.network_range values ('\\x00000000000000000000ffff\(low)', '\\x00000000000000000000ffff\(high)', 1)"
                )
            }
            try await allow("cb007100", "cb0071fe")
            try await allow("c0000201", "c0000201")
            #expect(try await attention(house, id) == ["ip_outside_general"])
            let made = try await house.made("Another", ["ip_ranges": [["range": "198.51.100.1"]]])
            #expect(made["attention"] == ["ip_outside_general"])
            try await house.database.script(
                "delete from policy.network_range where high = '\\x00000000000000000000ffffcb0071fe'")
            try await allow("cb007000", "cb00ffff")
            #expect(try await attention(house, id) == [])
            try await house.database.script("delete from policy.scope where name = 'read:segments'")
            #expect(try await attention(house, id) == ["scope_unknown"])
            // It may keep what it has, and be given nothing that is gone.
            #expect(
                try await house.call("PATCH", RegistryHouse.path(id), ["scopes": ["read:segments", "write:segments"]])
                    .status
                    == 200)
            #expect(try await house.call("POST", "/api/v1/applications", RegistryHouse.draft("New")).status == 422)
        }
    }
}
