import GatehouseModel
import Testing

struct RequestTargetTests {
    /// 05-decisions: never cleaned, refused.
    @Test(arguments: [
        "", "/", "//", "rest/v2/segments", "http://host/rest/v2/segments", "*", "?", "/?", "/rest/v2/segments/",
        "//rest/v2/segments", "/rest//v2/segments", "/rest/v2/segments//", "/rest/./v2/segments",
        "/rest/v2/x/../segments", "/rest/v2/segments/.", "/rest/v2/segments/..", "/rest/v2/segments/%2e",
        "/rest/v2/segments/%2E%2e", "/rest/v2/segments/.%2e", "/rest/v2/segments/%2e.", "/rest/v2/segments/a%2Fb",
        "/rest/v2/segments/a%2fb", "/rest/v2/segments/a%5Cb", "/rest/v2/segments/a%5cb", #"/rest/v2/segments/a\b"#,
        #"/rest\v2/segments"#, "/rest/v2/segments;v=1", "/rest/v2/segments/1;x", "/rest/v2/segments/1%3Bx",
        "/rest/v2/segments/1%3bx", "/rest/v2;/segments", "/rest/v2/segments/1 2", "/rest/v2/segments/1\t2",
        "/rest/v2/segments/1\u{0}", "/rest/v2/segments/1\n", "/rest/v2/segments/é", "/rest/v2/segments/\u{7F}",
        "/rest/v2/segments?x= y", "/rest/v2/segments?x=é", "/rest/v2/segments/%", "/rest/v2/segments/%2",
        "/rest/v2/segments/%zz", "/rest/v2/segments/%+1", "/rest/v2/segments/% 1", "/rest/v2/segments/%00",
        "/rest/v2/segments/%0a", "/rest/v2/segments/%1F", "/rest/v2/segments/%7f", "/rest/v2/segments/%FF",
        "/rest/v2/segments/%C0%AF", "/rest/v2/segments/%ED%A0%80", "/rest/v2/segments/%E2%80", "/rest/v2/segments#x",
        "/rest/v2/segments/1#", "/rest/v2/segments?a#b", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
        "/rest/v2/segments/" + String(repeating: "a", count: 8_192),
    ])
    func `what two readers could read as two paths is refused`(target: String) throws {
        #expect(RequestTarget(target) == nil)
    }

    @Test func `segments are decoded once, path and query stay as they were sent`() throws {
        let target = try #require(RequestTarget("/api/v1/roles/A%20%2541?x=%20"))
        #expect(target.segment(3) == "A %41")
        #expect(target.path == "/api/v1/roles/A%20%2541")
        #expect(target.query == "x=%20")
        let plain = try #require(RequestTarget("/api/v1"))
        #expect(plain.segment(0) == "api" && plain.segment(1) == "v1" && plain.query.isEmpty)
    }

    @Test(
        arguments: [
            ("?domain=a.example.com", .once("a.example.com")), ("?x=1&domain=a%2Eb&y=2", .once("a.b")),
            ("?%64omain=a+b", .once("a b")), ("?domain", .once("")), ("?domain=", .once("")),
            ("?domain=a=b", .once("a=b")),
            ("", .absent), ("?", .absent), ("?&&", .absent), ("?Domain=a", .absent), ("?domains=a", .absent),
            ("?domain=a&domain=a", .ambiguous), ("?domain=a&%64omain=b", .ambiguous), ("?domain&domain=a", .ambiguous),
            ("?domain=%zz", .ambiguous), ("?domain=%FF", .ambiguous), ("?%zz=1&domain=a", .ambiguous),
            ("?domain=a&%FF", .ambiguous),
        ] as [(String, StatedParameter)])
    func `a parameter of the query is one, none or ambiguous`(query: String, stated: StatedParameter) throws {
        #expect(try #require(RequestTarget("/x" + query)).query("domain") == stated)
    }
}
