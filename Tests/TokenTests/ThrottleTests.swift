import GatehouseModel
import TestSupport
import Testing

@Suite struct `Who guesses passwords` {
    private func fail(_ browser: Browser, _ email: String = "ann@example.com") async throws -> TestAnswer {
        try await browser.signIn(email, "not the password")
    }

    /// Tries until it has to wait, for so long at least; the statuses of before.
    private func failUntilThrottled(
        _ email: String = "ann@example.com", atLeast seconds: Int = 1, _ browser: () -> Browser
    ) async throws -> [Int] {
        var statuses: [Int] = []
        try await eventually("it is throttled", within: .seconds(120)) {
            let answer = try await fail(browser(), email)
            if answer.status == 403 { statuses.append(403) }
            return answer.status == 429 && answer["Retry-After"].flatMap { Int($0) } ?? 0 >= seconds
        }
        return statuses
    }

    @Test func `waits, longer each time, and is told how long`() async throws {
        try await TokenHouse.run { house in
            try await house.setPassword()
            let browser = Browser(house)
            #expect(try await failUntilThrottled(atLeast: 4, { browser }).count >= 5)
            let answer = try await browser.signIn()
            #expect(answer.status == 429)
            #expect(answer["Retry-After"].flatMap { Int($0) }.map { (1...900).contains($0) } == true)
            #expect(answer.text.contains("Too many attempts") && answer.text.contains("wait"))
            #expect(answer["Content-Type"] == "text/html; charset=utf-8")
            try await eventually("the wait ends", within: .seconds(90)) { try await browser.signIn().status == 303 }
        }
    }

    @Test func `waits alike for an account that is none`() async throws {
        try await TokenHouse.run { house in
            let browser = Browser(house)
            let refused = try await failUntilThrottled("nobody@example.com", atLeast: 4) { browser }
            #expect(refused.count >= 5)
            #expect(try await fail(browser, "NOBODY@example.com").status == 429)
        }
    }

    @Test func `from many places at once does not lock the owner's browser out`() async throws {
        try await TokenHouse.run { house in
            try await house.setPassword()
            let owner = Browser(house)
            try await owner.signIn()
            #expect(try await failUntilThrottled(atLeast: 8, { Browser(house) }).count >= 11)
            #expect(try await owner.signIn(at: "/login?switch=1").status == 303)
            // A mark is the account's own.
            let other = Browser(house)
            other.keep("gatehouse-mark", owner.cookies["gatehouse-mark"].map { String($0.reversed()) })
            _ = try await failUntilThrottled(atLeast: 16, { Browser(house) })
            #expect(try await other.signIn().status == 429)
        }
    }

    @Test func `in a burst is admitted no oftener than one after the other`() async throws {
        try await TokenHouse.run { house in
            try await house.setPassword()
            let address = Browser.anyAddress()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await fail(Browser(house, from: address)).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 403 } <= 10, "\(statuses)")
            #expect(Set(statuses).isSubset(of: [403, 429, 503]))
        }
    }

    @Test func `a hundred at once, each their own, take bounded room: they get in, or are told to try again`()
        async throws
    {
        try await TokenHouse.run { house in
            try await house.sql(
                """
                insert into policy.account (id, email, name, active, revision, created_at, created_by, updated_at, updated_by)
                select ('0190b5a0-0000-7000-8000-000000001' || n)::uuid, n || '@example.com', n, true, 1, now(), id, now(), id
                from policy.account, generate_series(100, 199) n where name = 'Ann';
                """)
            try await house.setPassword()
            try await house.sql(
                """
                insert into token.password (user_id, hash, changed_at, changed_by)
                select u.id, p.hash, now(), u.id from policy.account u, token.password p
                where u.name <> 'Ann' and not u.system;
                """)
            // Each has the page before any sends it.
            let page = Browser(house)
            let form = Browser.hidden(try await page.get("/login")).merging(["password": TokenHouse.password]) { $1 }
            let cookie = page.cookies["gatehouse-browser"]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 100..<200 {
                    group.addTask {
                        let browser = Browser(house)
                        browser.keep("gatehouse-browser", cookie)
                        return try await browser.post(
                            "/login", form.merging(["email": "\(number)@example.com"]) { $1 }
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(Set(statuses).isSubset(of: [303, 503]), "\(statuses)")
            #expect(statuses.contains(303))
            let metrics = try await house.service.metrics()
            #expect(metrics.value("gatehouse_password_hashes_in_flight") == 0)
            #expect(metrics.value("gatehouse_password_hashes_total") <= 101)
            // Nobody is the worse for having been sent away.
            #expect(try await Browser(house).signIn("150@example.com").status == 303)
        }
    }
}
