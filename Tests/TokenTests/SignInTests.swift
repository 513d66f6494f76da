import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct `Signing in` {
    private func run(_ settings: [String: String] = [:], _ body: (TokenHouse) async throws -> Void) async throws {
        try await TokenHouse.run(settings) { house in
            try await house.setPassword()
            try await body(house)
        }
    }

    @Test func `leads on, and names who is signed in on the next page`() async throws {
        try await run { house in
            let browser = Browser(house)
            let page = try await browser.get("/login")
            #expect(page.status == 200)
            #expect(page["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(page["Cache-Control"] == "no-store" && page["Referrer-Policy"] == "no-referrer")
            for attribute in [
                #"name="email" type="email" autocomplete="username""#,
                #"name="password" type="password" autocomplete="current-password""#,
            ] { #expect(page.text.contains(attribute)) }
            let answer = try await browser.signIn()
            #expect(answer.status == 303 && answer["Location"] == "/account/applications")
            #expect(answer["Cache-Control"] == "no-store")
            let account = try await browser.get("/account/applications")
            #expect(account.status == 200 && account.text.contains("Ann") && account.text.contains("ann@example.com"))
            // Who is signed in already need not sign in again.
            #expect(try await browser.get("/login?next=/logout")["Location"] == "/logout")
            #expect(try await browser.get("/login?switch=1").status == 200)
        }
    }

    @Test(arguments: [
        ("/account/applications?a=b", "/account/applications?a=b"), ("/oauth/authorize?x=https%3A%2F%2Fe.example", nil),
        ("//evil.example", "/account/applications"), ("https://evil.example/", "/account/applications"),
        ("/\\evil.example", "/account/applications"), ("/%2Fevil.example", "/account/applications"),
        ("%2F%2Fevil.example", "/account/applications"), ("javascript:alert(1)", "/account/applications"),
        ("/a\r\nSet-Cookie: x=y", "/account/applications"), ("", "/account/applications"),
    ])
    func `leads on to a path of our own, and to nothing else`(next: String, expected: String?) async throws {
        try await run { house in
            let browser = Browser(house)
            let hidden = Browser.hidden(try await browser.get("/login"))
            let fields = ["email": "ann@example.com", "password": TokenHouse.password, "next": next]
            let answer = try await browser.post("/login", hidden.merging(fields) { $1 })
            #expect(answer.status == 303 && answer["Location"] == expected ?? next)
        }
    }

    @Test func `keeps the way to the next page through a mistake`() async throws {
        try await run { house in
            let browser = Browser(house)
            let sent = try await browser.get("/account/applications")
            #expect(sent.status == 303 && sent["Location"] == "/login?next=%2Faccount%2Fapplications")
            let way = "/login?next=%2Flogout"
            let wrong = try await browser.signIn("ann@example.com", "not the password", at: way)
            #expect(wrong.status == 403 && Browser.hidden(wrong)["next"] == "/logout")
            #expect(wrong.text.contains(#"value="ann@example.com""#) && !wrong.text.contains("not the password"))
            let fields = ["email": "ann@example.com", "password": TokenHouse.password]
            let answer = try await browser.post("/login", Browser.hidden(wrong).merging(fields) { $1 })
            #expect(answer["Location"] == "/logout")
        }
    }

    @Test func `answers alike, after the same work, whatever is wrong`() async throws {
        try await run { house in
            let inactive = "0190b5a0-0000-7000-8000-000000000002"
            try await house.sql(
                """
                insert into policy.account (id, email, name, active, revision, created_at, created_by, updated_at, updated_by)
                select ('0190b5a0-0000-7000-8000-00000000000' || n)::uuid, who || '@example.com', who, n <> 2, 1, now(), id, now(), id
                from policy.account, (values (2, 'bob'), (3, 'cleo')) as more (n, who) where name = 'Ann';
                """)
            try await house.setPassword(of: inactive)
            var pages: Set<String> = []
            for (email, password) in [
                ("ann@example.com", "not the password"), ("bob@example.com", TokenHouse.password),
                ("cleo@example.com", TokenHouse.password), ("dora@example.com", TokenHouse.password),
                ("no e-mail address", TokenHouse.password), ("ann@example.com", String(repeating: "x", count: 2000)),
                ("system@example.com", TokenHouse.password),
            ] {
                let browser = Browser(house)
                let hidden = Browser.hidden(try await browser.get("/login"))
                let before = try await house.service.metrics()
                let answer = try await browser.post(
                    "/login", hidden.merging(["email": email, "password": password]) { $1 })
                let after = try await house.service.metrics()
                #expect(answer.status == 403, "\(email)")
                #expect(answer.values(of: "Set-Cookie").isEmpty)
                let same = answer.text.replacing(email, with: "E").replacing(hidden["csrf_token"] ?? "", with: "C")
                pages.insert(same)
                // One hash, and as many round trips: one that looks, none that writes (the fact goes to Kafka).
                #expect(
                    after.value("gatehouse_password_hashes_total") - before.value("gatehouse_password_hashes_total")
                        == 1,
                    "\(email)")
            }
            #expect(pages.count == 1)
        }
    }

    @Test func `asks for what is missing`() async throws {
        try await run { house in
            let browser = Browser(house)
            for (fields, words) in [
                (["email": "", "password": ""], ["Enter your e-mail address", "Enter your password"]),
                (["email": "ann@example.com", "password": ""], ["Enter your password"]), ([:], ["Enter your password"]),
            ] as [([String: String], [String])] {
                let answer = try await browser.submit("/login", fields)
                #expect(answer.status == 422)
                for words in words { #expect(answer.text.contains(words)) }
            }
        }
    }

    @Test func `takes the form of its own page only`() async throws {
        try await run { house in
            let fields = ["email": "ann@example.com", "password": TokenHouse.password]
            let browser = Browser(house)
            let token = Browser.hidden(try await browser.get("/login"))
            let mine = token.merging(fields) { $1 }
            let stranger = Browser(house)
            let others = Browser.hidden(try await stranger.get("/login")).merging(fields) { $1 }
            // Without the token, with another browser's, and with one for a browser that has no cookie.
            for form in [fields, others, fields.merging(["csrf_token": "x"]) { $1 }] {
                let answer = try await browser.post("/login", form)
                #expect(answer.status == 403 && answer.text.contains("open for too long"))
            }
            #expect(try await Browser(house).post("/login", mine).status == 403)
            for headers in [
                ["Origin": "https://evil.example"], ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
                ["Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"], ["Sec-Fetch-Site": "none"],
            ] {
                let answer = try await browser.post("/login", mine, headers: headers)
                #expect(answer.status == 403 && answer.text.contains("another site"), "\(headers)")
            }
            #expect(try await !browser.isSignedIn())
            for headers in [
                ["Origin": "null", "Sec-Fetch-Site": "same-origin"], ["Origin": "http://127.0.0.1:8080"],
                ["Origin": "null"],
            ] { #expect(try await browser.post("/login", mine, headers: headers).status == 303, "\(headers)") }
        }
    }

    @Test func `makes a new session, whatever the browser showed`() async throws {
        try await run { house in
            let browser = Browser(house)
            let fixed = String(repeating: "A", count: 43)
            browser.keep("gatehouse-session", fixed)
            try await browser.signIn()
            let first = try #require(browser.cookies["gatehouse-session"])
            #expect(first != fixed && first.count == 43)
            let stranger = Browser(house)
            stranger.keep("gatehouse-session", fixed)
            #expect(try await !stranger.isSignedIn())
            // Signed in anew: the session of before is dead.
            try await browser.signIn(at: "/login?switch=1")
            let second = try #require(browser.cookies["gatehouse-session"])
            #expect(second != first)
            stranger.keep("gatehouse-session", first)
            #expect(try await !stranger.isSignedIn())
            #expect(try await house.count("token.session") == 1)
            // Nothing of it stands in the database but its digest.
            #expect(try await house.count("token.session s where s::text like '%\(second)%'") == 0)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", "gatehouse-session", "; Path=/; HttpOnly; SameSite=Lax"),
        ("http://localhost:8080", "gatehouse-session", "; Path=/; HttpOnly; SameSite=Lax"),
        ("https://gate.example", "__Host-gatehouse-session", "; Path=/; Secure; HttpOnly; SameSite=Lax"),
    ])
    func `gives a cookie that only our origin gets`(origin: String, name: String, attributes: String) async throws {
        try await run(["ORIGIN": origin]) { house in
            let browser = Browser(house)
            try await browser.signIn()
            let cookie = try #require(browser.setCookies.first { $0.hasPrefix(name + "=") })
            #expect(cookie.dropFirst(name.count + 1 + 43) == attributes)
            for cookie in browser.setCookies { #expect(cookie.contains(attributes)) }
            #expect(try await browser.isSignedIn())
        }
    }

    @Test func `is told of: who, from where, and why it failed`() async throws {
        try await run { house in
            let marks = try await TokenTopic.ends()
            let browser = Browser(house)
            try await browser.signIn("ann@example.com", "not the password")
            try await browser.signIn("nobody@example.com", "not the password")
            try await browser.signIn("my password by mistake", "not the password")
            try await browser.signIn()
            _ = try await browser.submit("/logout", ["from": "here"])
            var events: [Event] = []
            try await eventually("all is told") {
                events = try await TokenTopic.events(since: marks, from: browser.address)
                return events.count == 5
            }
            #expect(
                events.map { $0.data["reason"]?.string } == [
                    "wrong_password", "unknown_user", "unknown_user", nil, nil,
                ])
            #expect(
                events.map(\.eventType) == [
                    .userSignInFailed, .userSignInFailed, .userSignInFailed, .userSignedIn, .userSignedOut,
                ])
            let ann: JSON = ["id": .string(TokenHouse.user), "name": "Ann"]
            #expect(events.map { $0.data["user"] } == [ann, nil, nil, ann, ann])
            #expect(events[1].data["objects"]?.array?.first?["id"] == "nobody@example.com")
            #expect(events[2].data["objects"] == [])
            for event in events {
                let text = String(decoding: event.bytes, as: UTF8.self)
                #expect(
                    !text.contains("mistake") && !text.contains("not the password") && event.data["application"] == nil)
            }
        }
    }

    @Test func `is for those whom the general list lets in`() async throws {
        try await run { house in
            let browser = Browser(house, from: "203.0.113.7")
            try await browser.signIn()
            try await house.sql(
                """
                insert into policy.network_range values (
                    decode('00000000000000000000ffffcb007108', 'hex'), decode('00000000000000000000ffffcb007109', 'hex'), 1);
                """)
            let account = try await browser.get("/account/applications")
            #expect(account.status == 403 && account.text.contains("203.0.113.7"))
            let stranger = Browser(house, from: "203.0.113.7")
            #expect(try await stranger.signIn().status == 403)
            browser.address = "203.0.113.8"
            #expect(try await browser.isSignedIn())
            #expect(try await Browser(house, from: "203.0.113.9").signIn().status == 303)
        }
    }

    @Test func `makes an outdated hash anew`() async throws {
        try await run { house in
            // RFC 7914's parameters of the day, made by the same libcrypto.
            let old = try #require(house.outdatedHash())
            try await house.sql("update token.password set hash = '\(old)'")
            #expect(try await Browser(house).signIn().status == 303)
            #expect(try await house.count("token.password where hash like '$scrypt$ln=15,r=8,p=3$%'") == 1)
            #expect(try await Browser(house).signIn().status == 303)
        }
    }

    @Test func `answers what is no form of ours in words`() async throws {
        try await run { house in
            let browser = Browser(house)
            #expect(try await browser.get("/login?next=/a&next=/b").status == 400)
            #expect(try await browser.get("/login?next=%zz").status == 400)
            let headers = ["Content-Type": "application/x-www-form-urlencoded"]
            for (body, status) in [
                ("email=a&email=b", 400), ("email=%FF", 400), ("email=%00", 400),
                ("email=" + String(repeating: "x", count: 40_000), 413),
            ] {
                let answer = try await house.service.client.send("POST", "/login", Array(body.utf8), headers: headers)
                #expect(answer.status == status, "\(body.prefix(20))")
            }
            let json = try await house.service.client.send("POST", "/login", Array("{}".utf8))
            #expect(json.status == 415)
        }
    }
}
