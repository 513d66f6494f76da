import Foundation
import GatehouseCrypto
import TestSupport

/// The executable `audit` beside the tests, as a process.
struct AuditProgram: Sendable {
    struct Ended: Sendable {
        let status: Int32
        let output: String
        let complaint: String
    }

    private let settings: [String: String]

    init(on house: AuditHouse, _ settings: [String: String] = [:]) throws {
        self.settings = [
            "LISTEN": "127.0.0.1:0", "INTERNAL_LISTEN": "127.0.0.1:0",
            "POSTGRES_URL": try house.database.url(as: "audit"),
            "POSTGRES_OWNER_URL": try house.database.url(as: "audit_owner"),
            "KAFKA_BOOTSTRAP_SERVERS": house.broker.servers, "ASSERTION_KEY": Base64URL.text(TestService.assertionKey),
        ].merging(settings) { $1 }
    }

    /// Runs a command to its end.
    func run(_ arguments: [String]) async throws -> Ended {
        let process = try process(arguments)
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Ended(
            status: status, output: String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
            complaint: String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
    }

    /// Starts `serve`; whoever starts it, ends it.
    func serve() throws -> Process {
        let process = try process(["serve"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func process(_ arguments: [String]) throws -> Process {
        let tests = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "audit")
        process.arguments = arguments
        process.environment = Dictionary(uniqueKeysWithValues: settings.map { ("GATEHOUSE_" + $0.key, $0.value) })
        return process
    }
}

extension Process {
    /// The most memory that it ever had, in MB.
    var mostMemory: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
        }
    }
}
