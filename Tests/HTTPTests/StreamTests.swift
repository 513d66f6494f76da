import GatehouseEventLoop
import GatehouseHTTP
import TestSupport
import Testing

@Suite struct `A stream` {
    @Test func `is sent as it is written`() async throws {
        try await Site.run { site in
            let gate = Latch()
            site.router.on("GET", "/echo") { _ in
                .stream {
                    Stream(Response(200, [("Content-Type", "text/event-stream")], Array("zero ".utf8))) { writer in
                        try await writer.write(Array("one ".utf8))
                        try await gate.wait()
                        try await writer.write(Array("two".utf8))
                    }
                }
            }
            let client = try site.client()
            try await client.send(get)
            try await client.have(until: "one ")
            gate.open()
            let answer = try await client.receive()
            #expect(answer.body == "zero one two")
            #expect(answer["Content-Type"] == "text/event-stream")
            #expect(answer["Transfer-Encoding"] == "chunked")
            try await client.send("GET /none HTTP/1.1\r\nHost: here\r\n\r\n")
            let next = try await client.receive()
            #expect(next.status == 404)
        }
    }

    @Test func `may be none after all`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in .stream { Stream(Response(403, text: "no")) } }
            let answer = try await site.ask(get)
            #expect(answer.description == "403 no")
        }
    }

    @Test func `waits for a client that reads slowly`() async throws {
        try await Site.run { site in
            let piece = [UInt8](repeating: 120, count: 100_000)
            site.router.on("GET", "/echo") { _ in
                .stream {
                    Stream(Response(200)) { writer in
                        for number in 0..<200 {
                            try await writer.write(piece)
                            site.log.seen = ["\(number)"]
                        }
                    }
                }
            }
            let client = try site.client(receiveBuffer: 4096)
            try await client.send("GET /echo HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            var last = ["-"]
            while site.log.seen != last {
                last = site.log.seen
                try await site.events.sleep(for: .milliseconds(100))
            }
            #expect(last != ["199"])
            let all = try await client.receiveAll()
            #expect(all.utf8.count { $0 == 120 } == 20_000_000)
            #expect(all.hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    @Test func `ends its writer when the client has gone`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in
                .stream {
                    Stream(Response(200)) { writer in
                        do {
                            while true {
                                try await writer.write(Array("tick\n".utf8))
                                try await site.events.sleep(for: .milliseconds(5))
                            }
                        } catch {
                            site.log.seen.append("\(error is CancellationError)")
                            throw error
                        }
                    }
                }
            }
            let client = try site.client()
            try await client.send(get)
            try await client.have(until: "tick")
            client.close()
            try await site.wait { site.log.seen == ["true"] && site.server.inFlight == 0 }
        }
    }

    @Test func `is broken where its writer fails`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in
                .stream {
                    Stream(Response(200)) { writer in
                        try await writer.write(Array("half".utf8))
                        throw CancellationError()
                    }
                }
            }
            let client = try site.client()
            try await client.send(get)
            let all = try await client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 200 "))
            #expect(!all.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `without an end is ended by a drain, and whole`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { _ in
                .stream {
                    Stream(Response(200), endless: true) { writer in
                        try await writer.write(Array("event".utf8))
                        try await site.events.sleep(for: .seconds(60))
                    }
                }
            }
            let client = try site.client()
            try await client.send(get)
            try await client.have(until: "event")
            let began = ContinuousClock.now
            await site.server.drain(within: .seconds(20))
            #expect(began.duration(to: .now) < .seconds(10))
            let answer = try await client.receive()
            #expect(answer.body == "event")
        }
    }
}
