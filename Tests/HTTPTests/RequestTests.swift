import GatehouseHTTP
import TestSupport
import Testing

@Suite struct `A request` {
    @Test func `shows its target as it was sent`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/{rest...}") { request in
                .now(
                    Response(
                        200, text: "\(request.path) \(request.query ?? "nil") \(request.parameters["rest"] ?? "nil")"))
            }
            let client = try site.client()
            for (target, seen) in [
                ("/a%2Fb/%c3%a9%20?x=%26&y", "/a%2Fb/%c3%a9%20 x=%26&y a%2Fb/%c3%a9%20"),
                ("/a//b/../c", "/a//b/../c nil a//b/../c"),
                ("/?", "/  "),
                ("/a?b?c=/?&&=", "/a b?c=/?&&= a"),
                ("/+;,:@!$'()*~", "/+;,:@!$'()*~ nil +;,:@!$'()*~"),
                ("/a?filter[x]=1", "/a filter[x]=1 a"),
            ] {
                try await client.send("GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n")
                let answer = try await client.receive()
                #expect(answer.body == seen)
            }
        }
    }

    @Test func `shows the path of an absolute target of this host`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/a/{b}") { request in .now(Response(200, text: "\(request.path) \(request.target)"))
            }
            let answer = try await site.ask("GET http://Here:80/a/b?c HTTP/1.1\r\nHost: here:80\r\n\r\n")
            #expect(answer.body == "/a/b http://Here:80/a/b?c")
        }
    }

    @Test func `shows all values of a repeated header, without the space around`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { request in
                .now(
                    Response(
                        200,
                        text: """
                            \(request.header("x-a") ?? "nil")|\(request.headers("X-A").joined(separator: ","))|\
                            \(request.header("X-Empty") ?? "nil")|\(request.header("X-None") ?? "nil")|\
                            \(request.headers.map(\.name).joined(separator: ","))
                            """))
            }
            let answer = try await site.ask(
                "GET /echo HTTP/1.1\r\nHost: here\r\nX-A: \t one \t\r\nx-a:two\r\nX-Empty:\r\n\r\n")
            #expect(answer.body == "one|one,two||nil|Host,X-A,x-a,X-Empty")
        }
    }

    @Test func `shows a cookie header whole`() async throws {
        try await Site.run { site in
            site.router.on("GET", "/echo") { request in .now(Response(200, text: "\(request.headers("cookie"))")) }
            let answer = try await site.ask(
                "GET /echo HTTP/1.1\r\nHost: here\r\nCookie: a=b; c=\"d,e\"; f\r\nX: y\r\n\r\n")
            #expect(answer.body == #"["a=b; c=\"d,e\"; f"]"#)
        }
    }

    @Test func `knows its peer, in IPv4 and IPv6`() async throws {
        for (address, high, low) in [
            ("127.0.0.1", UInt64(0), UInt64(0xffff_7f00_0001)), ("::1", 0, 1),
        ] {
            try await Site.run(Server.Settings(address: address)) { site in
                site.router.on("GET", "/echo") { request in
                    .now(Response(200, text: "\(request.peer.high) \(request.peer.low) \(request.peer.port > 0)"))
                }
                let client = try site.client(address: address)
                try await client.send(get)
                let answer = try await client.receive()
                #expect(answer.body == "\(high) \(low) true")
            }
        }
    }

    @Test func `of IPv4 is a mapped one where the server listens to both`() async throws {
        try await Site.run(Server.Settings(address: "::")) { site in
            site.router.on("GET", "/echo") { request in .now(Response(200, text: "\(request.peer.low)")) }
            let answer = try await site.ask(get)
            #expect(answer.body == "\(0xffff_7f00_0001)")
        }
    }
}

@Suite struct `A listening address` {
    @Test func `is had by one server alone`() async throws {
        try await Site.run { site in
            let port = site.server.port
            await #expect(throws: Server.Failure.self) { try await Site.run(Server.Settings(port: port)) { _ in } }
        }
    }

    @Test(arguments: ["localhost", "", "1.2.3", "203.0.113.9"])
    func `is numeric, and ours`(address: String) async throws {
        let failure = await #expect(throws: Server.Failure.self) {
            try await Site.run(Server.Settings(address: address)) { _ in }
        }
        #expect(failure?.description.hasPrefix("\(address):0: ") == true)
    }
}
