import GatehouseEventLoop
import GatehousePostgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Over TLS` {
    @Test func `a verified server carries big values in both directions, another is refused`() async throws {
        let cluster = try TestCluster(tls: true)
        defer { cluster.remove() }
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let verified = "port=\(cluster.port) user=postgres sslmode=verify-full sslrootcert=\(cluster.certificate)"
            let postgres = Postgres(Postgres.Settings("host=localhost " + verified), on: core)
            let encrypted = Statement("select ssl from pg_stat_ssl where pid = pg_backend_pid()") { row in
                try row.bool()
            }
            #expect(try await postgres.query(encrypted) == [true])
            let echo = Statement("select $1::bytea") { row in try row.bytea() }
            try await concurrently(core, 16) { index in
                let blob = [UInt8](repeating: UInt8(index), count: 1 << 20)
                #expect(await outcome { try await postgres.query(echo, .bytea(blob)) } == .success([blob]))
            }
            await postgres.close()
            // The certificate does not speak for this name.
            let settings = Connection.Settings("host=127.0.0.1 " + verified)
            #expect(isUnavailable(await outcome { try await Connection.open(settings, on: core).isOpen }))
        }
    }
}
