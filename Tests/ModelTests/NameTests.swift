import GatehouseModel
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("Shop sync", "Shop sync"), ("  Shop sync\t\n", "Shop sync"), ("\u{A0}x\u{3000}", "x"), ("日本", "日本"),
        ("e\u{301}", "\u{E9}"), ("🛒 cart", "🛒 cart"), ("a  b", "a  b"), ("<b>", "<b>"), ("ẞ", "ẞ"),
        (String(repeating: "x", count: 100), String(repeating: "x", count: 100)),
        ("  " + String(repeating: "é", count: 100) + "  ", String(repeating: "é", count: 100)),
    ])
    func `names are trimmed and normalised`(text: String, canonical: String) throws {
        #expect(Array(try ApplicationName(text).text.utf8) == Array(canonical.utf8))
        #expect(try Name(text).text == RoleName(text).text)
    }

    @Test(arguments: [
        "", " ", "\n", "\u{2003}", String(repeating: "x", count: 101), "e" + String(repeating: "\u{301}", count: 101),
        "a\nb", "a\tb", "a\0b", "a\u{7F}", "a\u{85}b", "a\u{9B}b",
        "a\u{202E}b", "a\u{202A}b", "a\u{2066}b", "\u{200F}ab", "a\u{200E}", "a\u{61C}b",
        "a\u{200B}b", "a\u{200C}b", "a\u{200D}b", "a\u{2060}b", "\u{FEFF}ab", "a\u{AD}b", "a\u{34F}b", "a\u{FE0F}",
        "a\u{180E}b", "\u{3164}", "a\u{115F}b", "a\u{FFA0}", "\u{2800}", "a\u{E0041}b", "a\u{E0100}", "a\u{2028}b",
        "a\u{2029}b",
        "a\u{A0}b", "a\u{2003}b", "a\u{3000}b", "a\u{E000}b", "a\u{378}b", "a\u{FFFE}b", "a\u{10FFFF}b", "a\u{FFF9}b",
    ])
    func `what cannot be seen is in no name`(text: String) {
        #expect(throws: Problem.self) { try ApplicationName(text) }
        #expect(throws: Problem.self) { try Name(text) }
        #expect(throws: Problem.self) { try RoleName(text) }
    }

    @Test(arguments: ["a/b", "/", "a\\b", "a;b", ".", "..", " .. "])
    func `what no path can name is no role's name`(text: String) {
        #expect(throws: Problem.self) { try RoleName(text) }
    }

    @Test(arguments: ["a%2Fb", "a%b", "...", ".a", "a..", "a?b", "a#b", "R&D", "IT - Admin", "日本"])
    func `what a path can name by an escape may be a role's name`(text: String) throws {
        #expect(try RoleName(text).text == text)
    }

    @Test func `a refusal says which character`() {
        #expect(throws: Problem(.validation, "must not contain U+202E, which cannot be seen")) {
            try ApplicationName("a\u{202E}b")
        }
        #expect(throws: Problem(.validation, "must have 1 to 100 characters")) { try ApplicationName("") }
    }

    @Test(arguments: [
        ("Shop", " sHOP "), ("straße", "STRASSE"), ("É", "e\u{301}"), ("ΣΑΣ", "σας"), ("ſhop", "shop"),
        ("İ", "i\u{307}"),
    ])
    func `keys ignore case and surrounding space`(left: String, right: String) throws {
        #expect(Array(try ApplicationName(left).key.utf8) == Array(try ApplicationName(right).key.utf8))
    }

    @Test(arguments: [("Shop", "Shops"), ("a b", "ab"), ("é", "e"), ("0", "O")])
    func `keys tell names apart`(left: String, right: String) throws {
        #expect(try ApplicationName(left).key != ApplicationName(right).key)
    }

    @Test func `a note may be empty`() throws {
        #expect(try Note("  ") == .empty)
        #expect(try Note(" office ").text == "office")
        #expect(throws: Problem.self) { try Note(String(repeating: "x", count: 501)) }
        #expect(throws: Problem.self) { try Note("a\nb") }
    }

    @Test(arguments: [
        ("www.example.com", "www.example.com"), ("WWW.Example.COM", "www.example.com"), ("localhost", "localhost"),
        ("a-b.c", "a-b.c"), ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("1a.2b", "1a.2b"),
        ("1.example", "1.example"),
        (String(repeating: "a", count: 63) + ".x", String(repeating: "a", count: 63) + ".x"),
    ])
    func `domain names`(text: String, canonical: String) throws {
        #expect(try DomainName(text).text == canonical)
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a_b", "*", "*.example.com", "a b", "1.2.3.4", "1", "a.1",
        "bücher.example", "all", "ALL", "\u{212A}ey.example", "a/b", "a:80", "[::1]", "a,b", "a\n", "a\0", " a",
        String(repeating: "a", count: 64), Array(repeating: "abcdefgh", count: 29).joined(separator: "."),
    ])
    func `what is no domain name`(text: String) {
        #expect(throws: Problem.self) { try DomainName(text) }
    }

    @Test(arguments: [
        ("ann@example.com", "ann@example.com"), ("Ann.O'Hara+x@Example.COM", "Ann.O'Hara+x@example.com"),
        ("a@localhost", "a@localhost"), ("!#$%&'*+-/=?^_`{|}~@x.org", "!#$%&'*+-/=?^_`{|}~@x.org"),
    ])
    func `e-mail addresses`(text: String, canonical: String) throws {
        let email = try EmailAddress(text)
        #expect(email.text == canonical)
        #expect(try email.key == EmailAddress(text.uppercased()).key)
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.c", "a@b@c", "a b@c.d", ".a@b.c", "a.@b.c", "a..b@c.d", "\"a\"@b.c", "a@[1.2.3.4]",
        "a@1.2.3.4",
        "ä@b.c", "a@b_c", "a@b.c\n", "a\r\n@b.c", "a,b@c.d", "<a@b.c>", String(repeating: "a", count: 65) + "@b.c",
    ])
    func `what is no e-mail address`(text: String) {
        #expect(throws: Problem.self) { try EmailAddress(text) }
    }
}
