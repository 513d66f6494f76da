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
        signal(SIGSTOP)
        let tasks = "/proc/\(process.processIdentifier)/task"
        while try FileManager.default.contentsOfDirectory(atPath: tasks)
            .contains(where: { try !String(contentsOfFile: "\(tasks)/\($0)/stat", encoding: .utf8).contains(") T ") })
        {
            sched_yield()
        }
    }

    public func resume() { signal(SIGCONT) }

    /// Seconds of a processor that it has used.
    public func processorTime() throws -> Double {
        let line = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        let fields = line.drop { $0 != ")" }.split(separator: " ")
        return fields[12...13].compactMap { Double($0) }.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Ends it and forgets what it holds.
    public func remove() {
        signal(SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: data)
    }

    // Only to what runs: pid 0 would be our own process group, and an old one may be another's.
    private func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }
}

/// A port that was free a moment ago, and that no connection is given by the system while the broker is stopped.
private func freePort() throws -> UInt16 {
    for _ in 0..<100 {
        let port = UInt16.random(in: 20_000..<32_000)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if bound == 0 { return port }
    }
    throw POSIXError(.EADDRINUSE)
}
