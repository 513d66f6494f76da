import GatehouseHTTP
import TestSupport
import Testing

@Suite struct `A body` {
    private static func big(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func `that is too large is read to its end before the refusal`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 1 << 20, site.echo)
            let client = try site.client()
            try await client.send(post(Self.big(8_000_000)))
            let answer = try await client.receive()
            #expect(answer.description == "413 contentTooLarge(1048576)")
            try await client.send(post("hello"))
            let next = try await client.receive()
            #expect(next.body == "hello")
            #expect(site.log.seen == ["POST /echo"])
        }
    }

    @Test func `that nobody wants is read, and dropped, up to the server's limit`() async throws {
        var settings = Server.Settings()
        settings.dropped = 100_000
        try await Site.run(settings) { site in
            site.router.on("POST", "/echo", maximumBody: nil, site.echo)
            let client = try site.client()
            let chunk = "186a0\r\n\(Self.big(100_000))\r\n"
            let head = "POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
            for request in [post(Self.big(100_000)), "\(head)\(chunk)0\r\n\r\n", post("hello")] {
                try await client.send(request)
                let answer = try await client.receive()
                #expect(answer.status == 200 && answer.body.isEmpty)
            }
            try await client.send("\(head)\(chunk)1\r\nx\r\n0\r\n\r\n")
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
            let large = try await site.ask(post(Self.big(100_001)))
            #expect(large.description == "413 contentTooLarge(100000)")
            #expect(site.log.seen.count == 3)
        }
    }

    @Test func `that says it is far too large is refused unread, and its connection closed`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 1 << 20, site.echo)
            let client = try site.client()
            try await client.send("POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 10000000\r\n\r\n")
            let answer = try await client.receive()
            #expect(answer.status == 413)
            #expect(answer["Connection"] == "close")
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
            #expect(site.log.seen.isEmpty)
        }
    }

    @Test func `in chunks is refused where it grows too large, and cut off where it goes on`() async throws {
        var settings = Server.Settings()
        settings.dropped = 100_000
        try await Site.run(settings) { site in
            site.router.on("POST", "/echo", maximumBody: 1_000, site.echo)
            let head = "POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk = "3e8\r\n\(Self.big(1_000))\r\n"
            let client = try site.client()
            try await client.send(head + chunk + "0\r\n\r\n")
            let fits = try await client.receive()
            #expect(fits.body.count == 1_000)
            try await client.send(head + chunk + chunk + "0\r\n\r\n")
            let large = try await client.receive()
            #expect(large.status == 413)
            try await client.send(head)
            await #expect(throws: RawClient.Closed.self) {
                for _ in 0..<10_000 { try await client.send(chunk) }
                _ = try await client.receive()
            }
            #expect(site.log.seen.count == 1)
            try await site.wait { site.server.load == 0 }
        }
    }

    @Test func `is cut off where a refused one does not come in time`() async throws {
        var settings = Server.Settings()
        settings.dropping = .milliseconds(300)
        try await Site.run(settings) { site in
            site.router.on("POST", "/echo", maximumBody: 10, site.echo)
            let client = try site.client()
            try await client.send(String(post(Self.big(1_000)).dropLast()))
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
        }
    }

    @Test(arguments: [
        ("/none", "text/plain", "404 notFound"),
        ("/get", "text/plain", #"405 methodNotAllowed(["DELETE", "GET", "HEAD"])"#),
        ("/json", "text/plain", #"415 unsupportedMediaType(["application/json", "application/merge-patch+json"])"#),
        (
            "/json", "application/jsonx",
            #"415 unsupportedMediaType(["application/json", "application/merge-patch+json"])"#
        ),
        (
            "/json", "application/json; charset=latin1",
            #"415 unsupportedMediaType(["application/json", "application/merge-patch+json"])"#
        ),
        ("/json", "application/json", "200 hello"),
        ("/json", "Application/JSON;charset=\"UTF-8\"", "200 hello"),
        ("/json", "application/merge-patch+json", "200 hello"),
    ])
    func `is read, whatever becomes of its request`(path: String, type: String, outcome: String) async throws {
        try await Site.run { site in
            site.router.on("GET", "/get", site.echo)
            site.router.on("DELETE", "/get", site.echo)
            site.router.on(
                "POST", "/json", maximumBody: 100, mediaTypes: ["application/json", "application/merge-patch+json"],
                site.echo)
            let client = try site.client()
            for _ in 0..<2 {
                try await client.send(post("hello", to: path, type: type))
                let answer = try await client.receive()
                #expect(answer.description == outcome)
                #expect(answer["Allow"] == (path == "/get" ? "DELETE, GET, HEAD" : nil))
            }
        }
    }

    @Test func `without a type, or coded, is refused where types are asked for, and none is none`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100, mediaTypes: ["application/json"], site.echo)
            let with = try await site.ask("POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}")
            #expect(with.status == 415)
            let coded = try await site.ask(
                "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
            )
            #expect(coded.status == 415)
            let without = try await site.ask("POST /echo HTTP/1.1\r\nHost: here\r\n\r\n")
            #expect(without.status == 200)
        }
    }

    @Test func `is asked for where it is awaited, and not where it is refused`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100, site.echo)
            let head = "POST /echo HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length:"
            let client = try site.client()
            try await client.send("\(head) 5\r\n\r\n")
            let go = try await client.receive()
            #expect(go.status == 100)
            try await client.send("hello")
            let answer = try await client.receive()
            #expect(answer.body == "hello")
            try await client.send("\(head) 500\r\n\r\n")
            let refusal = try await client.receive()
            #expect(refusal.status == 413)
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
        }
    }
}
