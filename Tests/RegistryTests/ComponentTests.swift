import Foundation
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// `registry component`, as it is run on a host.
@Suite struct ComponentTests {
    private static let rules: JSON = ["internal_kinds": [["kind": "connection"], ["kind": "sensor"]]]

    private func run(_ body: (RegistryHouse, URL) async throws -> Void) async throws {
        try await RegistryHouse.run { house in
            try await house.database.script(
                """
                insert into policy.catalogue (document, revision, updated_at, updated_by)
                values ('\(Self.rules.text)', 1, now(), '\(RegistryHouse.ann)')
                on conflict (one) do update set document = excluded.document
                """)
            let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            try await body(house, place)
        }
    }

    @Test func `a component gets its credentials in a file, once, and stands on the list`() async throws {
        try await run { house, place in
            let file = place.appending(path: "crm.json")
            let add = [
                "component", "add", "--kind", "sensor", "--name", "CRM import", "--credentials", file.path,
            ]
            let added = try house.program(add)
            #expect(added.status == 0, "\(added.complaint)")
            let said = try JSON(parsing: Array(added.output.utf8).dropLast(1))
            #expect(said["propagation"]?["state"] == "complete")
            let credentials = try JSON(parsing: [UInt8](Data(contentsOf: file)).dropLast(1))
            let id = credentials["client_id"]?.string ?? ""
            #expect(said["client_id"]?.string == id)
            #expect(try await house.isLive(credentials["client_secret"]?.string ?? "", of: id))
            #expect(!(added.output + added.complaint).contains(credentials["client_secret"]?.string ?? "ghs_"))
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)

            let list = try await house.call("GET", "/api/v1/applications?defined_by=internal").json()
            #expect(list["items"]?.array?.count == 1)
            let shown = try #require(list["items"]?.array?.first)
            #expect(shown["name"] == "Sensor: CRM import")
            #expect(shown["component"] == ["kind": "sensor", "name": "CRM import"])
            #expect(shown["run_as"] == "system")
            #expect(shown["scopes"] == [])
            #expect(shown["created_by"] == "system")
            let facts = try await house.told()
            #expect(facts.map { $0["type"] } == ["gatehouse.application.created"])
            #expect(facts[0]["data"]?["user"] == ["id": "system", "name": "System"])

            // Again: neither the file nor the component is made anew.
            let head = try await house.head()
            let other = ["component", "add", "--kind", "sensor", "--name", "Other", "--credentials", file.path]
            #expect(try house.program(other).complaint.contains("File exists"))
            let twice = try house.program(add.dropLast() + [place.appending(path: "other.json").path])
            #expect(twice.status == 1)
            #expect(twice.complaint == "registry: Sensor: CRM import has credentials already\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["crm.json"])
            #expect(try await house.head() == head)
        }
    }

    @Test func `what cannot be meant is refused, and leaves no file`() async throws {
        try await run { house, place in
            let file = place.appending(path: "crm.json").path
            for (arguments, complaint) in [
                (["component"], "has no command 'component'"),
                (["component", "make"], "has no command 'component make'"),
                (["component", "add"], "--kind is required"),
                (["component", "add", "--kind", "sensor", "--name", "a"], "--credentials is required"),
                (
                    ["component", "add", "--kind", "robot", "--name", "a", "--credentials", file],
                    "no rules for the kind 'robot'; it has some for: connection, sensor"
                ),
                (["component", "add", "--kind", "Sensor", "--name", "a", "--credentials", file], "a small letter"),
                (["component", "add", "--kind", "sensor", "--name", "\u{202E}a", "--credentials", file], "registry: "),
                (
                    ["component", "add", "--kind", "sensor", "--name", "a", "--credentials", file + "/none"],
                    "No such file or directory"
                ),
                (["component", "remove", "--kind", "sensor", "--name", "a"], "there is no Sensor: a"),
                (["component", "remove", "--kind", "sensor", "--name", "a", "--id", "1"], "is not an option"),
            ] {
                let refused = try house.program(arguments)
                #expect(refused.status != 0 && refused.output.isEmpty, "\(arguments)")
                #expect(refused.complaint.contains(complaint), "\(arguments): \(refused.complaint)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
            #expect(try await house.head() == 0)
        }
    }

    @Test func `a component that is removed takes its credentials with it, and may come again`() async throws {
        try await run { house, place in
            func add(_ file: String) throws -> JSON? {
                let path = place.appending(path: file)
                let added = try house.program([
                    "component", "add", "--kind", "connection", "--name", "Shop", "--credentials", path.path,
                ])
                #expect(added.status == 0, "\(added.complaint)")
                return try JSON(parsing: [UInt8](Data(contentsOf: path)).dropLast(1))["client_id"]
            }
            let first = try add("1.json")?.string ?? ""
            let removed = try house.program(["component", "remove", "--kind", "connection", "--name", "Shop"])
            #expect(removed.status == 0, "\(removed.complaint)")
            #expect(removed.output.contains(first))
            #expect(try await house.call("GET", RegistryHouse.path(first)).status == 404)
            #expect(try await house.column("secret_hmac is null and min_epoch = 2", of: first) == "true")
            let second = try add("2.json")?.string ?? ""
            #expect(second != first)
            #expect(
                try await house.told().map { $0["type"]?.string?.split(separator: ".").last } == [
                    "created", "deleted", "created",
                ])
        }
    }

    @Test func `of ten at once, one gets the credentials`() async throws {
        try await run { house, place in
            let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in 0..<10 {
                    let arguments = [
                        "component", "add", "--kind", "sensor", "--name", "One", "--credentials",
                        place.appending(path: "\(number).json").path,
                    ]
                    group.addTask { try await house.program(eventually: arguments).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [0] + Array(repeating: 1, count: 9))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 1)
            #expect(try await house.head() == 1)
        }
    }
}
