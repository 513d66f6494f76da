import GatehouseWeb
import Testing

@Suite struct `A path of our own` {
    @Test(arguments: [
        "/", "/account/applications",
        "/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&state=%20",
        "/a?next=//evil.example/../x", "/a-b_c~d/%C3%A9",
    ]) func `is taken as it is`(_ text: String) {
        #expect(LocalPath(parsing: text)?.text == text)
    }

    @Test(arguments: [
        "", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "\\\\evil.example",
        "https://evil.example", "HTTPS://evil.example", "https:/evil.example", "javascript:alert(1)",
        "data:text/html,x",
        "evil.example", " /a", "/ a", "/a b", "\t/a", "/\t/evil.example", "/\n/evil.example", "/a\r\nSet-Cookie: x=y",
        "/\0",
        "/%2Fevil.example", "/%2fevil.example", "/%5Cevil.example", "/%5cevil.example", "%2F%2Fevil.example",
        "/%252Fevil.example", "/a//b", "/a/../b", "/./a", "/..", "/%2e%2e/a", "/a/", "/;/a", "/a;b", "/a%3Bb", "/%00",
        "/a#b", "/é", "/a?é", "/a%", "/a%2", "/a%zz", "/a?b=%", "/a?b=%zz", "/a[b]", "?a", "/a?b#c", "/a\u{2028}b",
        "@evil.example",
        "/a?" + String(repeating: "x", count: 5000),
    ]) func `is nothing else`(_ text: String) {
        #expect(LocalPath(parsing: text) == nil)
    }

    @Test func `takes parameters, escaped`() {
        let path = LocalPath("/login").with("next", "/a?b=c&d=é").with("x", "1 2")
        #expect(path.text == "/login?next=%2Fa%3Fb%3Dc%26d%3D%C3%A9&x=1%202")
        #expect(LocalPath(parsing: path.text) == path)
    }
}
