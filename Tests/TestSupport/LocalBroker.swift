import Foundation

/// A Kafka broker of a test's own, that may be paused: the program that `GATEHOUSE_TEST_BROKER` names.
public final class LocalBroker {
    /// For `bootstrap.servers`.
    public let servers: String
    private let program: URL
    private let port: UInt16
    private var process = Process()
    private let data = FileManager.default.temporaryDirectory.appending(path: "gatehouse-broker-\(UUID())")

    public init() throws {
        program = URL(filePath: try TestEnvironment.required("GATEHOUSE_TEST_BROKER"))
        port = try freePort()
        servers = "127.0.0.1:\(port)"
        try start()
    }

    /// Starts it, again with what it holds.
    public func start() throws {
        process = Process()
        process.executableURL = program
        process.arguments = ["start", "--only", "kafka", "--kafka-port", "\(port)", "--data-dir", data.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // A child has its parent's mask, and a thread of a pool blocks nearly all signals.
        var none = sigset_t()
        var mask = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        try process.run()
    }

    /// Returns when it has ended in good order.
    public func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Returns when all its threads stand still.
    public func pause() throws {
        kill(process.processIdentifier, SIGSTOP)
        let tasks = "/proc/\(process.processIdentifier)/task"
        while try FileManager.default.contentsOfDirectory(atPath: tasks)
            .contains(where: { try !String(contentsOfFile: "\(tasks)/\($0)/stat", encoding: .utf8).contains(") T ") })
        {
            sched_yield()
        }
    }

    public func resume() { kill(process.processIdentifier, SIGCONT) }

    /// Ends it and forgets what it holds.
    public func remove() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: data)
    }
}

/// A port that was free a moment ago.
private func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
        }
    }
    guard bound else { throw POSIXError(.EADDRINUSE) }
    return UInt16(bigEndian: address.sin_port)
}
