import GatehouseModel
import Testing

@Suite struct LinkTests {
    @Test(arguments: [
        "https://example.com", "https://example.com/", "https://example.com/callback",
        "https://example.com:8443/cb?a=b&c=d",
        "https://example.com/a//b/../c;x=1/%2e%2e/%C3%A9", "https://Example.COM/Path",
        "https://xn--bcher-kva.example/cb",
        "https://example.com?x", "https://a.b.c.d.example/~user/@me", "https://203.0.113.7/cb",
        "https://[2001:db8::1]/cb",
        "https://localhost/cb", "http://localhost/cb", "http://localhost:3000/cb", "http://127.0.0.1/cb",
        "http://127.0.0.1:49152/cb",
        "http://[::1]/cb", "http://[::1]:1/cb", "https://example.com:443/cb", "https://example.com:65535",
        "https://example.com/" + String(repeating: "a", count: 2028),
    ])
    func `registers, and keeps every byte`(text: String) throws {
        #expect(Array(try RedirectURI(text).text.utf8) == Array(text.utf8))
    }

    @Test(arguments: [
        // No https.
        "http://example.com/cb", "http://127.0.0.2/cb", "http://127.1/cb", "http://localhost.example.com/cb",
        "http://[::2]/cb",
        "http://LOCALHOST/cb", "http://[::ffff:127.0.0.1]/cb", "http://0x7f.0.0.1/cb", "http://localhost@example.com/",
        "http://127.0.0.1.example.com/cb", "http://2130706433/",
        // Another scheme, in any case.
        "javascript:alert(1)", "JavaScript:alert(1)", "JAVASCRIPT://example.com/%0Aalert(1)", "data:text/html,x",
        "DATA:text/html,x",
        "vbscript:x", "file:///etc/passwd", "ftp://example.com/", "ws://example.com/", "wss://example.com/",
        "myapp://callback",
        "com.example.app:/cb", "urn:ietf:wg:oauth:2.0:oob", "about:blank", "blob:https://example.com/x", "intent://x",
        "mailto:a@b.c",
        "HTTPS://example.com/", "Https://example.com/", "HTTP://localhost/", "view-source:https://example.com",
        // Fragments.
        "https://example.com/#", "https://example.com/#a", "https://example.com#", "https://example.com?a#b",
        "http://localhost/#",
        // Patterns.
        "https://*.example.com/cb", "https://example.com/*", "https://example.com/cb?x=*", "*", "https://*",
        // A user.
        "https://user@example.com/cb", "https://user:pass@example.com/cb", "https://@example.com/cb",
        "https://:@example.com/",
        "https://example.com%40evil.example/cb", "https://example.com:443@evil.example/",
        "http://127.0.0.1@evil.example/",
        // Relative.
        "", "/", "/cb", "cb", "//example.com/cb", "?x", "example.com/cb", "example.com", "https:", "https:/",
        "https://",
        "https:///cb", "https:/example.com", "https:example.com", "https://?x", "https://:443/", "://example.com",
        // Backslashes and others that browsers correct.
        "https:\\\\example.com", "https://example.com\\cb", "https://example.com\\@evil.example",
        "https://example.com/a\\b",
        "https://example.com/a b", "https://example.com/<x>", "https://example.com/\"", "https://example.com/{x}",
        "https://a^b.example/",
        // Control characters, bare and escaped.
        "https://example.com/\u{0}", "https://example.com/\u{7F}", "https://exam\tple.com/", "https://example.com/\n",
        "\nhttps://example.com/",
        "https://example.com/\r\nLocation: x", "https://example.com/a\tb", " https://example.com/",
        "https://example.com/ ",
        "java\nscript:x", "ht\ttps://example.com/", "https://example.com/%00", "https://example.com/%0d%0a",
        "https://example.com/%7F",
        "https://example.com/%", "https://example.com/%4", "https://example.com/%zz", "https://example.com/%+1",
        // Beyond ASCII.
        "https://bücher.example/", "https://example.com/é", "https://еxample.com/", "https://example。com/",
        "https://ⅇxample.com/",
        "https://example.com/\u{202E}cb", "\u{FEFF}https://example.com/", "https://example.com\u{2215}x/",
        "https://\u{212A}ey.example/",
        // Hosts and ports.
        "https://.example.com/", "https://example.com./", "https://a..b/", "https://-a.example/",
        "https://exa_mple.com/",
        "https://example.com:/cb", "https://example.com:0/", "https://example.com:65536/", "https://example.com:080/",
        "https://example.com:+80/",
        "https://example.com:a/", "https://example.com:80:80/", "https://[::1", "https://::1/", "https://[::1]x/",
        "https://[::1]:/",
        "https://[fe80::1%25eth0]/", "https://[2001:DB8::1]/", "https://[1.2.3.4]/", "https://010.0.0.1/",
        "https://1.2.3/", "https://1.2.3.256/",
        "https://a.0x7f/", "https://exa%6Dple.com/", "https://[]/", "https://[/", "https://]/",
        // Too long.
        "https://example.com/" + String(repeating: "a", count: 2029),
    ])
    func `refuses to register`(text: String) {
        #expect(throws: Problem.self) { try RedirectURI(text) }
    }

    @Test(arguments: [
        "https://example.com/cb/", "https://example.com/CB", "https://example.com/c", "https://EXAMPLE.com/cb",
        "HTTPS://example.com/cb",
        "https://example.com:443/cb", "https://example.com//cb", "https://example.com/./cb",
        "https://example.com/x/../cb",
        "https://example.com/%63b", "https://example.com/cb?", "https://example.com/cb#", "https://example.com/cb?x=1",
        "https://example.com/cb%00", "https://example.com/cb\u{0}", "https://example.com/cb\n",
        "https://example.com/cb ", " https://example.com/cb",
        "https://u@example.com/cb", "https://example.com\\cb", "http://example.com/cb", "https://example.com./cb",
        "https://example.com/cb/..;/", "https://example.com/cb/%2e%2e/", "https://ехample.com/cb",
        "https://example.com/c\u{200D}b", "",
    ])
    func `nothing near matches`(received: String) throws {
        #expect(try !RedirectURI("https://example.com/cb").matches(received))
    }

    @Test func `the same bytes match, and not those that are canonically equal`() throws {
        #expect(try RedirectURI("https://example.com/cb").matches("https://example.com/cb"))
        #expect("https://example.com/K;" == "https://example.com/\u{212A}\u{37E}")
        #expect(try !RedirectURI("https://example.com/K;").matches("https://example.com/\u{212A}\u{37E}"))
    }

    @Test(arguments: ["127.0.0.1", "[::1]"])
    func `the port of a loopback literal may vary, and nothing else`(host: String) throws {
        for registered in ["http://\(host)/cb?x=1", "http://\(host):1234/cb?x=1"] {
            let uri = try RedirectURI(registered)
            for port in ["", ":1", ":1234", ":65535"] { #expect(uri.matches("http://\(host)\(port)/cb?x=1")) }
            for received in [
                "http://\(host):0/cb?x=1", "http://\(host):65536/cb?x=1", "http://\(host):/cb?x=1",
                "http://\(host):1/cb?x=2",
                "http://\(host):1/cb", "http://\(host):1/CB?x=1", "https://\(host):1/cb?x=1",
                "http://localhost:1/cb?x=1",
                "http://\(host):1@evil.example/cb?x=1", "http://\(host):1#/cb?x=1", "http://\(host):1/cb?x=1#",
                "http://\(host):01/cb?x=1",
            ] { #expect(!uri.matches(received), "\(received)") }
        }
    }

    @Test func `no other port varies`() throws {
        #expect(try !RedirectURI("http://localhost:3000/cb").matches("http://localhost:3001/cb"))
        #expect(try !RedirectURI("https://127.0.0.1:3000/cb").matches("https://127.0.0.1:3001/cb"))
        #expect(try !RedirectURI("https://example.com:3000/cb").matches("https://example.com:3001/cb"))
    }

    @Test func `an origin for the content security policy`() throws {
        #expect(try RedirectURI("https://example.com:8443/cb?x").origin == "https://example.com:8443")
        #expect(try RedirectURI("http://[::1]:3000").origin == "http://[::1]:3000")
        #expect(try RedirectURI("https://example.com?x").origin == "https://example.com")
    }

    @Test(arguments: [
        ("https://example.com", "example.com"), ("http://www.example.com/a?b#c", "www.example.com"),
        ("https://example.com:8443/", "example.com"),
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
    ])
    func `websites`(text: String, host: String) throws {
        #expect(try WebsiteURL(text).text == text)
        #expect(try WebsiteURL(text).host == host)
    }

    @Test(arguments: [
        "", "example.com", "javascript:alert(1)", "https://user@example.com/", "https://example.com/ x",
        "https://bücher.example",
        "https://example.com/\u{202E}", "//example.com", "https://example.com/" + String(repeating: "a", count: 2029),
        "mailto:a@b.c",
    ])
    func `what is no website`(text: String) {
        #expect(throws: Problem.self) { try WebsiteURL(text) }
    }
}
