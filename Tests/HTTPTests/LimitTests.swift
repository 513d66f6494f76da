import GatehouseEventLoop
import GatehouseHTTP
import TestSupport
import Testing

@Suite struct `A limit` {
    @Test func `of connections lets the next ones wait`() async throws {
        var settings = Server.Settings()
        settings.connections = 4
        try await Site.run(settings) { site in
            site.router.on("GET", "/echo", site.echo)
            let clients = try (0..<6).map { _ in try site.client() }
            for client in clients { try await client.send(get) }
            for client in clients.prefix(4) {
                let answer = try await client.receive()
                #expect(answer.status == 200)
            }
            #expect(site.server.load == 4)
            #expect(site.log.seen.count == 4)
            for client in clients.prefix(2) { client.close() }
            for client in clients.suffix(2) {
                let answer = try await client.receive()
                #expect(answer.status == 200)
            }
        }
    }

    @Test(arguments: [
        "", "GET /echo HTTP/1.1\r\nHost: here\r\n", "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 90\r\n\r\n",
    ])
    func `of time ends a request that comes by drops`(beginning: String) async throws {
        var settings = Server.Settings()
        settings.receiving = .seconds(1)
        settings.idle = .seconds(1)
        try await Site.run(settings) { site in
            site.router.on("POST", "/echo", maximumBody: 100, site.echo)
            let client = try site.client()
            let began = ContinuousClock.now
            await #expect(throws: RawClient.Closed.self) {
                try await client.send(beginning)
                for _ in 0..<80 {
                    try await client.send("x")
                    try await site.events.sleep(for: .milliseconds(100))
                }
            }
            #expect(began.duration(to: .now) < .seconds(5))
            #expect(site.log.seen.isEmpty)
            try await site.wait { site.server.load == 0 }
        }
    }

    @Test func `of time ends an idle connection`() async throws {
        var settings = Server.Settings()
        settings.idle = .seconds(1)
        try await Site.run(settings) { site in
            site.router.on("GET", "/echo", site.echo)
            let client = try site.client()
            try await client.send(get)
            let answer = try await client.receive()
            #expect(answer.status == 200)
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
        }
    }

    @Test(arguments: [
        "GET /\(String(repeating: "x", count: 70_000)) HTTP/1.1\r\nHost: here\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: here\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: here\r\n\(String(repeating: "X: y\r\n", count: 10_000))\r\n",
    ])
    func `of memory ends a head that is too large`(head: String) async throws {
        try await Site.run { site in
            site.router.on("GET", "/{rest...}", site.echo)
            let client = try site.client()
            try? await client.send(head)
            let all = try await client.receiveAll()
            #expect(all.isEmpty || all.hasPrefix("HTTP/1.1 414 ") || all.hasPrefix("HTTP/1.1 431 "))
            #expect(site.log.seen.isEmpty)
            #expect(site.log.observed.isEmpty)
            try await site.wait { site.server.load == 0 && site.server.inFlight == 0 }
        }
    }

    @Test func `of memory admits a head of half of it`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { request in .now(Response(200, text: "\(request.headers("X").count)")) }
            let answer = try await site.ask(
                "GET /echo HTTP/1.1\r\nHost: here\r\n\(String(repeating: "X: 0123456789abcdef\r\n", count: 500))\r\n")
            #expect(answer.body == "500")
        }
    }
}

@Suite struct `A server that drains` {
    @Test func `answers what is in flight, and takes no new connection`() async throws {
        try await Site.run { site in
            let gate = Latch()
            site.router.on("GET", "/echo", site.echo)
            site.router.on("GET", "/slow") { _ in
                .later {
                    try? await gate.wait()
                    return Response(200, text: "slow")
                }
            }
            let (idle, busy, half) = (try site.client(), try site.client(), try site.client())
            try await idle.send(get)
            _ = try await idle.receive()
            try await busy.send("GET /slow HTTP/1.1\r\nHost: here\r\n\r\n")
            try await half.send("GET /echo HTTP/1.1\r\n")
            try await site.wait { site.server.inFlight == 2 }

            let drained = Latch()
            site.core.start {
                await site.server.drain(within: .seconds(20))
                drained.open()
            }
            try await site.wait { (try? site.client()) == nil }
            try await half.send("Host: here\r\n\r\n")
            for (client, body) in [(half, ""), (busy, "slow")] {
                gate.open()
                let answer = try await client.receive()
                #expect(answer.status == 200)
                #expect(answer.body == body)
                #expect(answer["Connection"] == "close")
                let rest = try await client.receiveAll()
                #expect(rest.isEmpty)
            }
            try await drained.wait()
            let rest = try await idle.receiveAll()
            #expect(rest.isEmpty)
            #expect(site.server.load == 0)
        }
    }

    @Test func `ends what does not end`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/slow") { _ in
                .later {
                    do { try await site.events.sleep(for: .seconds(60)) } catch { site.log.seen.append("cancelled") }
                    return Response(200)
                }
            }
            let client = try site.client()
            try await client.send("GET /slow HTTP/1.1\r\nHost: here\r\n\r\n")
            try await site.wait { site.server.inFlight == 1 }
            await site.server.drain(within: .milliseconds(50))
            let answer = try await client.receive()
            #expect(answer.description == "503 unavailable")
            #expect(answer["Connection"] == "close")
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
            try await site.wait { site.log.seen == ["cancelled"] }
        }
    }
}
