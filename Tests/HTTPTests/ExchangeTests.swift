import GatehouseEventLoop
import GatehouseHTTP
import TestSupport
import Testing

@Suite struct `An exchange` {
    @Test func `is answered at once`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in .now(Response(200, [("X-Empty", "")], text: "hello")) }
            let answer = try await site.ask(get)
            #expect(answer.status == 200)
            #expect(answer.body == "hello")
            #expect(answer["Content-Type"] == "text/plain; charset=utf-8")
            #expect(answer["Content-Length"] == "5")
            #expect(answer["X-Empty"]?.isEmpty == true || answer["X-Empty"] == " ")
            try await site.wait { !site.log.observed.isEmpty }
            #expect(site.log.observed == ["GET /echo 200"])
        }
    }

    @Test func `is answered by a task of the core`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in
                .later {
                    try? await site.events.sleep(for: .milliseconds(20))
                    return Response(200, text: "later")
                }
            }
            let answer = try await site.ask(get)
            #expect(answer.body == "later")
        }
    }

    @Test func `comes byte by byte`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100, site.echo)
            let client = try site.client()
            for byte in post("hello").utf8 {
                try await client.send([byte])
                try await site.events.sleep(for: .zero)
            }
            #expect(try await client.receive().body == "hello")
            #expect(site.log.seen == ["POST /echo"])
        }
    }

    @Test func `keeps its connection`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100, site.echo)
            let client = try site.client()
            for number in 0..<10 {
                try await client.send(post("\(number)"))
                #expect(try await client.receive().body == "\(number)")
            }
            #expect(site.server.load == 1)
            try await client.send("GET /none HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            #expect(try await client.receive().status == 404)
            #expect(try await client.receiveAll().isEmpty)
        }
    }
}
