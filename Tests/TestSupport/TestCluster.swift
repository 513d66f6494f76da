import Foundation
import Glibc

/// A PostgreSQL server of a test's own, which it may stop and start. Removed by `remove`.
public struct TestCluster: Sendable {
    public enum Stop: String, Sendable { case fast, immediate }
    public let port: UInt16
    public var url: String { "postgresql://postgres@127.0.0.1:\(port)/postgres" }
    /// Its data, and its socket.
    public let directory: String

    /// The certificate of `localhost`, for clients, where TLS is on.
    public var certificate: String { directory + "/server.crt" }

    public init(tls: Bool = false) throws {
        directory = "/var/tmp/gatehouse-test-" + UUID().uuidString.lowercased()
        port = try Self.freePort()
        try Self.run("mkdir", ["-m", "700", directory])
        try Self.run(Self.tool("initdb"), ["-D", directory, "-A", "trust", "-U", "postgres", "--no-sync"])
        if tls {
            let subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
            let files = ["-keyout", directory + "/server.key", "-out", certificate]
            try Self.run("openssl", ["req", "-new", "-x509", "-nodes", "-newkey", "rsa:2048"] + subject + files)
            try Self.run("sed", ["-i", "1i ssl = on", directory + "/postgresql.conf"])
        }
        try start()
    }

    public func start() throws {
        let options = "-p \(port) -k \(directory) -c listen_addresses=127.0.0.1 -c fsync=off"
        try Self.run(Self.tool("pg_ctl"), ["-D", directory, "-w", "-l", directory + "/log", "-o", options, "start"])
    }

    public func stop(_ how: Stop = .fast) throws {
        try Self.run(Self.tool("pg_ctl"), ["-D", directory, "-w", "-m", how.rawValue, "stop"])
    }

    public func remove() {
        try? stop(.immediate)
        try? Self.run("rm", ["-rf", directory])
    }

    private struct Failed: Error, CustomStringConvertible { let description: String }

    /// PostgreSQL refuses to run as root: then it runs as `postgres`. (Foundation's `Process` would wait for the server that `pg_ctl` leaves.)
    private static func run(_ command: String, _ arguments: [String]) throws {
        let words = (geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []) + [command] + arguments
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let copies = words.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var process = pid_t()
        var status: Int32 = -1
        let failed = posix_spawnp(&process, words[0], &actions, nil, copies + [nil], environ)
        if failed == 0 { waitpid(process, &status, 0) }
        if failed != 0 || status != 0 { throw Failed(description: "\(words.joined(separator: " ")) failed") }
    }

    /// Debian keeps the server's tools off the path.
    private static func tool(_ name: String) -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let found = versions.compactMap(Int.init).max().map { "/usr/lib/postgresql/\($0)/bin/\(name)" }
        return found ?? name
    }

    private static func freePort() throws -> UInt16 {
        let proxy = try TestProxy(to: 0)
        proxy.stop()
        return proxy.port
    }
}
