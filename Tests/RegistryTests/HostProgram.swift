import Foundation
import GatehouseCrypto
import GatehouseModel
import GatehousePlatform
import Glibc
import TestSupport

/// The executable `registry` beside the tests, as a process.
extension RegistryHouse {
    struct Ended {
        let status: Int32
        let output: String
        let complaint: String
    }

    /// Runs a command to its end.
    func program(_ arguments: [String], _ settings: [String: String] = [:]) throws -> Ended {
        let process = try process(arguments, settings)
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = complaint.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Ended(
            status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
            complaint: String(decoding: complained, as: UTF8.self))
    }

    /// As `program`, beside others.
    func program(eventually arguments: [String]) async throws -> Ended {
        let process = try process(arguments, [:])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = {
                continuation.resume(returning: Ended(status: $0.terminationStatus, output: "", complaint: ""))
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }

    func launch(_ arguments: [String], _ settings: [String: String]) throws -> RunningProgram {
        try RunningProgram(process(arguments, settings))
    }

    func signed(_ method: String, _ path: String) throws -> [String: String] {
        let assertion = try Assertion(secret: TestService.assertionKey).sign(
            Self.console, method: method, path: path, at: .now())
        return [Assertion.header: String(decoding: assertion, as: UTF8.self)]
    }

    private func process(_ arguments: [String], _ settings: [String: String]) throws -> Process {
        let values = [
            "LISTEN": "127.0.0.1:0", "INTERNAL_LISTEN": "127.0.0.1:0", "POSTGRES_URL": try database.url(as: "registry"),
            "POSTGRES_OWNER_URL": try database.url(as: "registry_owner"),
            "KAFKA_BOOTSTRAP_SERVERS": try TestService.broker(),
            "ASSERTION_KEY": Base64URL.text(TestService.assertionKey), "PEPPERS": Self.peppers,
            "ANSWER_KEYS": TestService.answerKeys,
        ].merging(settings) { _, given in given }
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.environment = Dictionary(uniqueKeysWithValues: values.map { ("GATEHOUSE_" + $0.key, $0.value) })
        return process
    }

    private static func executable() throws -> URL {
        let tests = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return tests.deletingLastPathComponent().appending(path: "registry")
    }
}

/// A service that runs until it is told to stop; what it writes is kept.
final class RunningProgram {
    private let process: Process
    private let log = Pipe()
    private var written = Data()

    init(_ process: Process) throws {
        self.process = process
        process.standardOutput = log
        process.standardError = log
        try process.run()
    }

    /// The first line that contains `text`.
    func awaitLine(with text: String) throws -> String {
        while true {
            let lines = String(decoding: written, as: UTF8.self).split(separator: "\n")
            if let line = lines.first(where: { $0.contains(text) && $0.hasSuffix("}") }) { return String(line) }
            let more = log.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw RegistryHouse.Unexpected(answer: String(decoding: written, as: UTF8.self))
            }
            written += more
        }
    }

    /// Ends it where it stands.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Stops it by SIGTERM; all that it wrote, and how it ended.
    func end() -> (written: String, status: Int32) {
        process.terminate()
        written += log.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: written, as: UTF8.self), process.terminationStatus)
    }
}
