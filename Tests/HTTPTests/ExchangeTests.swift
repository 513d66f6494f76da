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
            #expect(answer["X-Empty"] == " ")
            try await site.wait { !site.log.observed.isEmpty }
            #expect(site.log.observed == ["GET /echo 200"])
        }
    }

    @Test func `is answered by a task of the core`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { request in
                .later {
                    try? await site.events.sleep(for: .milliseconds(20))
                    return Response(200, text: "later \(request.header("host") ?? "")")
                }
            }
            let answer = try await site.ask(get)
            #expect(answer.body == "later here")
        }
    }

    @Test func `shows an answer that was waited for once more when it goes out`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { request in
                request.beforeSending = { made in
                    Response(200, text: "after \(String(decoding: made.body, as: UTF8.self))")
                }
                return .later {
                    try? await site.events.sleep(for: .milliseconds(20))
                    return Response(200, text: "the last word")
                }
            }
            let answer = try await site.ask(get)
            #expect(answer.body == "after the last word")
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
            let answer = try await client.receive()
            #expect(answer.body == "hello")
            #expect(site.log.seen == ["POST /echo"])
        }
    }

    @Test func `keeps its connection, until one of both closes it`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100, site.echo)
            let client = try site.client()
            for number in 0..<10 {
                try await client.send(post("\(number)"))
                let answer = try await client.receive()
                #expect(answer.body == "\(number)")
            }
            #expect(site.server.load == 1)
            try await client.send("GET /none HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            let answer = try await client.receive()
            #expect(answer.status == 404)
            #expect(answer["Connection"] == "close")
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
            try await site.wait { site.server.load == 0 }
        }
    }

    @Test func `serves HTTP/1.0, whose Host is optional`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo", site.echo)
            let client = try site.client()
            try await client.send("GET /echo HTTP/1.0\r\n\r\n")
            let all = try await client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `answers a HEAD as a GET, without the body`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { request in .now(Response(200, text: request.method)) }
            site.router.on("GET", "/later") { request in .later { Response(200, text: request.method) } }
            site.router.on("GET", "/stream") { _ in
                .stream { Stream(Response(200)) { writer in try await writer.write(Array("never".utf8)) } }
            }
            let client = try site.client()
            for path in ["/echo", "/later", "/stream"] {
                try await client.send("HEAD \(path) HTTP/1.1\r\nHost: here\r\n\r\n")
                let answer = try await client.receive(ofHead: true)
                #expect(answer.status == 200)
                #expect(answer["Content-Length"] == (path == "/stream" ? nil : "4"))
            }
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
        }
    }

    @Test func `has its pipelined answers in order, whoever is ready first`() async throws {
        try await Site.run { site in
            let gate = Latch()
            site.router.on("GET", "/slow") { request in
                site.log.seen.append(request.target)
                return .later {
                    try? await gate.wait()
                    return Response(200, text: "slow")
                }
            }
            site.router.on("GET", "/fast") { request in
                site.log.seen.append(request.target)
                return .now(Response(200, text: "fast"))
            }
            let client = try site.client()
            let other = try site.client()
            let both = ["/slow", "/fast", "/fast"].map { "GET \($0) HTTP/1.1\r\nHost: here\r\n\r\n" }.joined()
            try await client.send(both)
            try await other.send("GET /fast HTTP/1.1\r\nHost: here\r\n\r\n")
            let free = try await other.receive()
            #expect(free.body == "fast")
            #expect(site.log.seen.sorted() == ["/fast", "/slow"])
            gate.open()
            for body in ["slow", "fast", "fast"] {
                let answer = try await client.receive()
                #expect(answer.body == body)
            }
        }
    }

    @Test(arguments: [true, false])
    func `is answered though the client has closed its sending side`(atOnce: Bool) async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100) { request in
                if atOnce { return site.echo(request) }
                return .later {
                    try? await site.events.sleep(for: .milliseconds(50))
                    return Response(200, text: "hello")
                }
            }
            let client = try site.client()
            try await client.send(post("hello"))
            client.finishSending()
            let answer = try await client.receive()
            #expect(answer.body == "hello")
            let rest = try await client.receiveAll()
            #expect(rest.isEmpty)
        }
    }

    @Test func `is over when the client goes in the middle of a body, and nobody hears of it`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 100, site.echo)
            for leave in [RawClient.close, RawClient.reset, RawClient.finishSending] {
                let client = try site.client()
                try await client.send(String(post("hello").dropLast()))
                try await site.wait { site.server.inFlight == 1 }
                leave(client)()
                try await site.wait { site.server.inFlight == 0 && site.server.load == 0 }
            }
            #expect(site.log.seen.isEmpty)
            #expect(site.log.observed.isEmpty)
        }
    }

    @Test func `is over when the client goes in the middle of an answer`() async throws {
        try await Site.run { site in
            let body = [UInt8](repeating: 7, count: 32 << 20)
            site.router.on("GET", "/echo") { _ in .now(Response(200, [], body)) }
            let client = try site.client(receiveBuffer: 4096)
            try await client.send(get)
            try await client.have(1000)
            #expect(site.server.inFlight == 1)
            client.reset()
            try await site.wait { site.server.inFlight == 0 && site.server.load == 0 }
        }
    }

    @Test func `keeps its head for a task whose client has gone`() async throws {
        try await Site.run { site in
            let gate = Latch()
            site.router.on("GET", "/echo") { request in
                .later {
                    try? await gate.wait()
                    try? await site.wait { site.server.inFlight == 0 }
                    site.log.seen.append(
                        "\(request.header("X-NAME") ?? "nil") \(request.headers("x-name")) \(request.path)")
                    return Response(200)
                }
            }
            let client = try site.client()
            try await client.send("GET /echo HTTP/1.1\r\nHost: here\r\nX-Name: a\r\nX-Name: b \r\n\r\n")
            try await site.wait { site.server.inFlight == 1 }
            await site.server.drain(within: .milliseconds(10))
            gate.open()
            try await site.wait { !site.log.seen.isEmpty }
            #expect(site.log.seen == [#"a ["a", "b"] /echo"#])
            #expect(!Task.isCancelled)
        }
    }

    @Test func `cancels the task of a handler that is late, and says so`() async throws {
        var settings = Server.Settings()
        settings.answering = .milliseconds(300)
        try await Site.run(settings) { site in
            site.router.on("GET", "/echo") { _ in
                .later {
                    do { try await site.events.sleep(for: .seconds(60)) } catch { site.log.seen.append("cancelled") }
                    return Response(200)
                }
            }
            let client = try site.client()
            try await client.send(get)
            let answer = try await client.receive()
            #expect(answer.status == 500)
            #expect(answer.body == "failed")
            try await site.wait { !site.log.seen.isEmpty }
            #expect(site.log.seen == ["cancelled"])
            try await client.send("GET /none HTTP/1.1\r\nHost: here\r\n\r\n")
            let next = try await client.receive()
            #expect(next.status == 404)
        }
    }

    @Test func `survives a client that goes while its handler works`() async throws {
        try await Site.run { site in
            let gate = Latch()
            site.router.on("GET", "/echo") { _ in
                .later {
                    try? await gate.wait()
                    site.log.seen.append("worked")
                    return Response(200, [], [UInt8](repeating: 1, count: 4 << 20))
                }
            }
            let client = try site.client()
            try await client.send(get)
            try await site.wait { site.server.inFlight == 1 }
            try await site.events.sleep(for: .milliseconds(20))
            client.reset()
            gate.open()
            try await site.wait { site.server.inFlight == 0 && site.server.load == 0 }
            #expect(site.log.seen == ["worked"])
        }
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\0b", "a\u{7f}b"])
    func `fails rather than send a broken header`(value: String) async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in .now(Response(200, [("X-Name", value)], text: "secret")) }
            let answer = try await site.ask(get)
            #expect(answer.status == 500)
            #expect(answer.body == "failed")
        }
    }

    @Test func `carries large bodies both ways`() async throws {
        try await Site.run { site in
            site.router.on("POST", "/echo", maximumBody: 4 << 20, site.echo)
            let body = (0..<500_000).map { "\($0 % 10)" }.joined()
            let client = try site.client()
            for _ in 0..<2 {
                try await client.send(post(body))
                let answer = try await client.receive()
                #expect(answer.body == body)
            }
        }
    }
}
