import GatehouseHTTP
import TestSupport
import Testing

@Suite struct `The router` {
    private static let routes = [
        ("GET", "/"), ("GET", "/a"), ("DELETE", "/a"), ("GET", "/a/b"), ("GET", "/a/{one}"), ("GET", "/a/{two}/x"),
        ("GET", "/x/{one}/y/{two}"), ("*", "/any/{rest...}"), ("GET", "/own"), ("HEAD", "/own"),
    ]

    /// Answers with the route that it was found by.
    private static func tell(_ method: String) -> (Request) -> Reply {
        { request in
            let parameters = ["one", "two", "rest"].compactMap { name in
                request.parameters[name].map { "\(name)=\($0)" }
            }
            let found = [method, request.template] + parameters
            return .now(Response(200, [("Found", found.joined(separator: " "))]))
        }
    }

    @Test(arguments: [
        ("GET /", "GET /"),
        ("GET /a", "GET /a"),
        ("HEAD /a", "GET /a"),
        ("PURGE /a", "405 DELETE, GET, HEAD"),
        ("GET /a/", "404"),
        ("GET //a", "404"),
        ("GET /A", "404"),
        ("GET /%61", "404"),
        ("GET /a/b", "GET /a/b"),
        ("GET /a/c", "GET /a/{one} one=c"),
        ("GET /a/%2F", "GET /a/{one} one=%2F"),
        ("GET /a/b/x", "GET /a/{two}/x two=b"),
        ("GET /a/c/x", "GET /a/{two}/x two=c"),
        ("GET /a//x", "404"),
        ("DELETE /a/c", "405 GET, HEAD"),
        ("GET /x/1/y/2", "GET /x/{one}/y/{two} one=1 two=2"),
        ("BREW /any/", "* /any/{rest...} rest="),
        ("POST /any/b/c?d", "* /any/{rest...} rest=b/c"),
        ("GET /any", "404"),
        ("HEAD /own", "HEAD /own"),
    ])
    func `finds`(asked: String, found: String) async throws {
        try await Site.run { site in
            for (method, template) in Self.routes { site.router.on(method, template, Self.tell(method)) }
            let answer = try await site.ask("\(asked) HTTP/1.1\r\nHost: here\r\n\r\n")
            let allowed = answer["Allow"].map { " \($0)" } ?? ""
            #expect(answer["Found"] ?? "\(answer.status)\(allowed)" == found)
        }
    }

    @Test func `lists what it knows`() {
        let router = Router()
        router.on("GET", "/b") { _ in .now(Response(200)) }
        router.on("PUT", "/a/{b}") { _ in .now(Response(200)) }
        #expect(router.routes.map(\.method) == ["GET", "PUT"])
        #expect(router.routes.map(\.template) == ["/b", "/a/{b}"])
    }
}
