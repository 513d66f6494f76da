import GatehouseModel
import TestSupport
import Testing

struct RouteTableTests {
    private static let templates = [
        "/rest/v2/segments", "/rest/v2/segments/{id}", "/rest/v2/segments/mine", "/rest/v2/segments/{id}/members",
        "/rest/v2/segments/mine/{part}/x", "/rest/v2/{area}/special", "/api/v1/roles/{name}",
    ]

    private func found(_ target: String, _ method: Method = .get) throws -> String? {
        let table = RouteTable(try Self.templates.map { (.get, try RouteTemplate($0)) } + [(.put, RouteTemplate("/x"))])
        return RequestTarget(target).flatMap { table.find(method, $0) }.map { (Self.templates + ["/x"])[$0] }
    }

    @Test(
        arguments: [
            ("/rest/v2/segments", "/rest/v2/segments"), ("/rest/v2/segments?", "/rest/v2/segments"),
            ("/rest/v2/segments?x=/../;", "/rest/v2/segments"), ("/rest/v2/segments/1", "/rest/v2/segments/{id}"),
            ("/rest/v2/segments/mine", "/rest/v2/segments/mine"),
            ("/rest/v2/segments/%6dine", "/rest/v2/segments/mine"),
            ("/rest/v2/%73egments/1", "/rest/v2/segments/{id}"), ("/rest/v2/segments/...", "/rest/v2/segments/{id}"),
            ("/rest/v2/segments/mine/members", "/rest/v2/segments/{id}/members"),
            ("/rest/v2/segments/mine/7/x", "/rest/v2/segments/mine/{part}/x"),
            ("/rest/v2/segments/special", "/rest/v2/segments/{id}"),
            ("/rest/v2/other/special", "/rest/v2/{area}/special"),
            ("/api/v1/roles/IT%20%E2%80%93%20Admin", "/api/v1/roles/{name}"),
            ("/rest/v2/segments/%252F", "/rest/v2/segments/{id}"),
            ("/rest/v2/segments/a%3Fb", "/rest/v2/segments/{id}"),
            ("/rest/v2/segments/{id}", "/rest/v2/segments/{id}"),
            ("/rest/v2/Segments", nil), ("/rest/v2", nil), ("/rest/v2/segments/1/members/2", nil), ("/x", nil),
        ] as [(String, String?)])
    func `a path has the template whose literals it meets first`(target: String, template: String?) throws {
        #expect(try found(target) == template)
    }

    @Test func `a method has its own routes`() throws {
        #expect(try found("/x", .put) == "/x")
        #expect(try found("/rest/v2/segments", .put) == nil)
    }

    /// Against a reference that compares templates one by one, segment by segment.
    @Test func `random tables find what a plain search finds`() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            var templates: [String] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let template = (0..<Int.random(in: 1...4, using: &random)).reduce("") { path, index in
                    path + "/" + (["a", "b", "c", "{x\(index)}"].randomElement(using: &random) ?? "")
                }
                if !templates.contains(template) { templates.append(template) }
            }
            let table = RouteTable(try templates.map { (.get, try RouteTemplate($0)) })
            for _ in 0..<50 {
                let path = (0..<Int.random(in: 1...4, using: &random)).reduce("") { path, _ in
                    path + "/" + (["a", "b", "c", "d"].randomElement(using: &random) ?? "")
                }
                let matches = templates.filter { Reference.matches($0, path) }
                let expected = matches.min { Reference.rank($0) < Reference.rank($1) }
                let found = table.find(.get, try #require(RequestTarget(path))).map { templates[$0] }
                #expect(found == expected, "\(path) in \(templates)")
            }
        }
    }

    private enum Reference {
        static func matches(_ template: String, _ path: String) -> Bool {
            let (parts, segments) = (template.split(separator: "/"), path.split(separator: "/"))
            return parts.count == segments.count && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }

        /// Literals before parameters, from left to right.
        static func rank(_ template: String) -> String {
            template.split(separator: "/").map { $0.hasPrefix("{") ? "1" : "0" }.joined()
        }
    }

    @Test(arguments: [
        "", "x", "/", "/a/", "//a", "/a//b", "/a/../b", "/a/./b", "/a b", "/a/{", "/a/{}", "/a/{ID}", "/a/{id",
        "/a/x{id}", "/a/%20", "/a/{id}/{id}", "/a?b", "/a;b", "/é", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
        "/" + String(repeating: "a", count: 256),
    ])
    func `a template is plain`(text: String) {
        #expect(throws: Problem.self) { try RouteTemplate(text) }
    }
}
