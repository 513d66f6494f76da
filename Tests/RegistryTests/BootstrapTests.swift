import Foundation
import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// The program as it is on a host.
@Suite struct BootstrapTests {
    @Test func `the first client has every scope, is printed once, and is the only one so made`() async throws {
        try await RegistryHouse.run { house in
            for arguments in [
                ["bootstrap"], ["bootstrap", "--run-as"], ["bootstrap", "--run-as", RegistryHouse.ida],
                ["bootstrap", "--run-as", "system"], ["bootstrap", "--run-as", "0190b5a0-0000-7000-8000-00000000000f"],
                ["bootstrap", "--run-as", RegistryHouse.ann, "--name", ""], ["bootstrap", "--as", RegistryHouse.ann],
            ] {
                let refused = try house.program(arguments)
                #expect(refused.status != 0, "\(arguments)")
                #expect(refused.output.isEmpty)
                #expect(!refused.complaint.isEmpty)
            }
            #expect(try await house.head() == 0)

            let first = try house.program(["bootstrap", "--run-as", RegistryHouse.ann, "--name", "Root"])
            #expect(first.status == 0, "\(first.complaint)")
            let client = try JSON(parsing: Array(first.output.utf8).dropLast(1))
            let id = client["client_id"]?.string ?? ""
            let secret = client["client_secret"]?.string ?? ""
            #expect(client.object?.names == ["client_id", "client_secret"])
            #expect(try await house.isLive(secret, of: id))
            let shown = try await house.call("GET", RegistryHouse.path(id)).json()
            #expect(shown["name"] == "Root")
            #expect(shown["run_as"]?.string == RegistryHouse.ann)
            #expect(shown["created_by"] == "system")
            let catalogue = try await house.database.text(
                "select array_agg(name order by name) from policy.published_catalogue where kind = 'scope'")
            #expect("{\(shown["scopes"]?.array?.compactMap(\.string).joined(separator: ",") ?? "")}" == catalogue)
            let facts = try await house.told()
            #expect(facts.map { $0["type"] } == ["gatehouse.application.created"])
            #expect(facts[0]["data"]?["user"] == ["id": "system", "name": "System"])

            let second = try house.program(["bootstrap", "--run-as", RegistryHouse.ann])
            #expect(second.status == 1)
            #expect(second.output.isEmpty)
            #expect(second.complaint == "registry: an application exists already: it can make others\n")
            #expect(try await house.head() == 1)
        }
    }

    @Test func `of ten at once, one makes the first client`() async throws {
        try await RegistryHouse.run { house in
            let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in 0..<10 {
                    let arguments = ["bootstrap", "--run-as", RegistryHouse.ann, "--name", "Root \(number)"]
                    group.addTask { try await house.program(eventually: arguments).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [0] + Array(repeating: 1, count: 9))
            #expect(try await house.head() == 1)
        }
    }

    @Test func `a wrong pepper stops the program with one line that does not repeat it`() async throws {
        try await RegistryHouse.run { house in
            for peppers in [
                "", "p1", "p1:short",
                "p1:\(Base64URL.text(RegistryHouse.pepper)),p1:\(Base64URL.text(RegistryHouse.pepper))",
            ] {
                let refused = try house.program(["check-config"], ["PEPPERS": peppers])
                #expect(refused.status == 1)
                #expect(refused.complaint.hasPrefix("registry: GATEHOUSE_PEPPERS: "))
                #expect(refused.complaint.split(separator: "\n").count == 1)
                #expect(!refused.complaint.contains("short"))
            }
            #expect(try house.program(["check-config"]).output == "registry: the configuration is valid\n")
        }
    }

    @Test func `no secret stands in the log, whatever is done`() async throws {
        try await RegistryHouse.run { house in
            let running = try house.launch(["serve"], ["LOG_LEVEL": "debug"])
            let log = try running.awaitLine(with: "\"serving\"")
            let port = try #require(try JSON(parsing: Array(log.utf8))["port"]?.integer)
            let other = TestClient(port: UInt16(port))
            var secrets: [String] = []
            func send(_ method: String, _ path: String, _ body: JSON) async throws -> JSON {
                let answer = try await other.send(method, path, body.bytes, headers: try house.signed(method, path))
                let json = try answer.json()
                if let secret = json["client_secret"]?.string { secrets.append(secret) }
                return json
            }
            let id =
                try await send("POST", "/api/v1/applications", RegistryHouse.draft("Logged"))["client_id"]?.string ?? ""
            _ = try await send("POST", "/api/v1/applications", RegistryHouse.draft("Logged"))
            _ = try await send("POST", RegistryHouse.path(id) + "/secret", [:])
            _ = try await send("PATCH", RegistryHouse.path(id), ["client_secret": .string(secrets[0])])
            // A failure of the database's own, whose cause is logged.
            try await house.database.script(
                "alter table registry.application add constraint broken check (name <> 'Broken')")
            _ = try await send("POST", "/api/v1/applications", RegistryHouse.draft("Broken"))
            let (written, status) = running.end()
            #expect(status == 0)
            #expect(secrets.count == 2)
            #expect(written.contains("broken"))
            #expect(written.contains("\"stopped\""))
            for secret in secrets { #expect(!written.contains(secret.dropFirst(10).prefix(20))) }
        }
    }
}
