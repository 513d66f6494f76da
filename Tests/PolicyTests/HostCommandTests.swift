import Foundation
import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

/// The program as it is on a host.
@Suite struct HostCommandTests {
    private func run(_ arguments: [String], on database: TestDatabase) throws -> (
        status: Int32, output: String, complaint: String
    ) {
        let values = [
            "POSTGRES_URL": try database.url(as: "policy"), "POSTGRES_OWNER_URL": try database.url(as: "policy_owner"),
            "KAFKA_BOOTSTRAP_SERVERS": try TestService.broker(), "DOOR_KEY": String(repeating: "k", count: 32),
            "ANSWER_KEYS": TestService.answerKeys,
            "ASSERTION_KEY": Base64URL.text(TestService.assertionKey), "PRODUCT_DOMAIN": "product.example",
        ]
        let tests = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "policy")
        process.arguments = arguments
        process.environment = Dictionary(uniqueKeysWithValues: values.map { ("GATEHOUSE_" + $0.key, $0.value) })
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

    @Test func `bootstrap prints the id alone, and again for the same address`() async throws {
        let database = try await MigratedDatabase.make()
        for arguments in [["bootstrap"], ["bootstrap", "--email", "x"], ["bootstrap", "--mail", "a@example.com"]] {
            let refused = try run(arguments, on: database)
            #expect(refused.status != 0)
            #expect(refused.output.isEmpty)
            #expect(!refused.complaint.isEmpty)
        }
        let first = try run(["bootstrap", "--email", "ann@example.com", "--name", "Ann"], on: database)
        #expect(first.status == 0, "\(first.complaint)")
        #expect(first.output.last == "\n")
        let id = try UserID(String(first.output.dropLast()))
        #expect(try await database.text("select name from policy.published_users where id = '\(id)'") == "Ann")
        #expect(
            try await database.text("select email from policy.published_users where system") == "system@product.example"
        )
        let again = try run(["bootstrap", "--email", "ann@example.com"], on: database)
        #expect(again.status == 0)
        #expect(again.output == first.output)
        let other = try run(["bootstrap", "--email", "bob@example.com"], on: database)
        #expect(other.status == 1)
        #expect(other.output.isEmpty)
        #expect(other.complaint == "policy: an administrator exists already: they can make others\n")
        try await database.drop()
    }

    @Test func `unlock empties the general list, and tells it as the system's deed`() async throws {
        try await AdministrationHouse.run { house in
            let list = try await house.call(
                "PUT", "/ip-ranges?confirm_lockout=true", ["items": [["range": "198.51.100.7"]]])
            #expect(list.status == 200)
            for _ in 0..<2 {
                let unlocked = try run(["unlock"], on: house.database)
                #expect(unlocked.status == 0, "\(unlocked.complaint)")
                #expect(unlocked.output == "The general IP list is empty: it restricts nobody.\n")
            }
            #expect(try await house.call("GET", "/ip-ranges").json() == ["items": []])
            let facts = try await house.told()
            #expect(facts.count == 2)
            #expect(facts.last?["data"]?["user"] == ["id": "system", "name": "System"])
        }
    }
}
