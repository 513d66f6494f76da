import GatehouseModel
import TestSupport
import Testing

@Suite struct `A session` {
    private func run(
        _ settings: [String: String] = [:], _ body: (TokenHouse, Browser) async throws -> Void
    ) async throws {
        try await TokenHouse.run(settings) { house in
            try await house.setPassword()
            let browser = Browser(house)
            try await browser.signIn()
            try await body(house, browser)
        }
    }

    @Test func `is published by its digest, with the user's epoch, until it ends`() async throws {
        try await run { house, browser in
            let published = "token.published_sessions where user_id = '\(TokenHouse.user)' and uep = 1"
            #expect(try await house.count(published + " and length(digest) = 32 and expires_at > now()") == 1)
            #expect(try await browser.isSignedIn())
            _ = try await browser.submit("/logout", ["from": "here"])
            #expect(try await house.count(published) == 0)
        }
    }

    @Test(arguments: [
        "update policy.account set active = false, epoch = 2, min_epoch = 2 where name = 'Ann'",
        "update policy.account set epoch = 2, min_epoch = 2 where name = 'Ann'",
        "update policy.account set deleted = true, active = false where name = 'Ann'",
        "update token.password set epoch = epoch + 1", "delete from token.session",
        "update token.session set expires_at = now()", "update token.session set idle_until = now()",
    ])
    func `is dead at the very next request`(harm: String) async throws {
        try await run { house, browser in
            #expect(try await browser.isSignedIn())
            try await house.sql(harm)
            let answer = try await browser.get("/account/applications")
            #expect(answer.status == 303 && answer["Location"]?.hasPrefix("/login") == true)
        }
    }

    @Test func `lives on while it is used, to its whole age and no longer`() async throws {
        try await run(["SESSION_IDLE": "1h", "SESSION_LIFE": "90m"]) { house, browser in
            #expect(try await house.count("token.session where expires_at - created_at = '90 minutes'") == 1)
            #expect(try await house.count("token.session where idle_until - created_at = '1 hour'") == 1)
            try await house.sql("update token.session set idle_until = now() + interval '10 minutes'")
            #expect(try await browser.isSignedIn())
            #expect(try await house.count("token.session where idle_until > now() + interval '50 minutes'") == 1)
            // Not with each request: by steps.
            try await house.sql("update token.session set idle_until = now() + interval '59 minutes 30 seconds'")
            #expect(try await browser.isSignedIn())
            #expect(
                try await house.count("token.session where idle_until < now() + interval '59 minutes 45 seconds'") == 1)
            try await house.sql("update token.session set expires_at = now() + interval '20 minutes'")
            #expect(try await browser.isSignedIn())
            #expect(
                try await house.count("token.published_sessions where expires_at < now() + interval '21 minutes'") == 1)
        }
    }

    @Test func `ends here by its form only, which is of this session only`() async throws {
        try await run { house, browser in
            let page = try await browser.get("/logout")
            #expect(page.status == 200 && page.text.contains("Sign out everywhere"))
            #expect(try await browser.isSignedIn())
            let other = Browser(house)
            try await other.signIn()
            let others = Browser.hidden(try await other.get("/logout"))
            for form in [[:], ["csrf_token": "x"], others] {
                #expect(try await browser.post("/logout", form).status == 403)
                #expect(try await browser.isSignedIn())
            }
            let away = try await browser.post(
                "/logout", Browser.hidden(page), headers: ["Sec-Fetch-Site": "cross-site"])
            #expect(away.status == 403)
            let done = try await browser.post("/logout", Browser.hidden(page).merging(["from": "here"]) { $1 })
            #expect(done.status == 303 && done["Location"] == "/logout")
            #expect(browser.cookies["gatehouse-session"] == nil)
            #expect(try await browser.get("/logout").text.contains("You are signed out"))
            #expect(try await other.isSignedIn())
        }
    }

    @Test func `ends everywhere at once`() async throws {
        try await run { house, browser in
            let other = Browser(house)
            try await other.signIn()
            _ = try await browser.submit("/logout", ["from": "everywhere"])
            #expect(try await !browser.isSignedIn())
            #expect(try await !other.isSignedIn())
            #expect(try await other.signIn().status == 303)
            #expect(try await other.isSignedIn())
        }
    }

    @Test func `of a cookie that is none, or is there twice, is none`() async throws {
        try await run { house, browser in
            let mine = try #require(browser.cookies["gatehouse-session"])
            for cookies in [
                "gatehouse-session=\(mine); gatehouse-session=\(mine)", "gatehouse-session=",
                "gatehouse-session=\(mine)x",
                "gatehouse-session=\(mine.dropLast())", "Gatehouse-Session=\(mine)", "x-gatehouse-session=\(mine)",
                "gatehouse-session=\"\(mine)\"",
            ] {
                let answer = try await house.service.client.send(
                    "GET", "/account/applications", headers: ["Cookie": cookies])
                #expect(answer.status == 303, "\(cookies)")
            }
            let among = try await house.service.client.send(
                "GET", "/account/applications", headers: ["Cookie": "a=b; gatehouse-session=\(mine);c=d"])
            #expect(among.status == 200)
        }
    }

    @Test func `that has ended is swept`() async throws {
        try await run { house, browser in
            try await house.sql(
                """
                insert into token.session select sha256(n::text::bytea), '\(TokenHouse.user)', 1, 1, now(), now(), now() - interval '1 s'
                from generate_series(1, 1200) n;
                insert into token.invitation select gen_random_uuid(), sha256(n::text::bytea), now(), gen_random_uuid(), now() - interval '1 s'
                from generate_series(1, 700) n;
                """)
            // The loop of a service that starts begins with it.
            let other = try await TestService.start(
                house.program, as: "token", on: house.service.database, house.settings)
            try await eventually("all is swept") {
                let left = (try await house.count("token.session"), try await house.count("token.invitation"))
                return left == (1, 0)
            }
            await other.stop()
            #expect(try await browser.isSignedIn())
        }
    }
}
