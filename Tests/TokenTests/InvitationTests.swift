import Foundation
import GatehouseJSON
import GatehouseModel
import TestSupport
import Testing

@Suite struct `An invitation` {
    @Test func `is a link, for a day, that is kept by its digest`() async throws {
        try await TokenHouse.run { house in
            let answer = try await house.service.call(
                "POST", "/api/v1/users/\(TokenHouse.user)/invitation", as: TokenHouse.administrator())
            #expect(answer.status == 201 && answer["Cache-Control"] == "no-store")
            let link = try #require(try answer.json()["link"]?.string)
            let token = try #require(link.split(separator: "=").last)
            #expect(link == "http://127.0.0.1:8080/account/invitation?token=\(token)" && token.count == 43)
            #expect(
                try await house.count(
                    "token.invitation where expires_at - made_at = '24 hours' and length(digest) = 32") == 1)
            #expect(try await house.count("token.invitation i where i::text like '%\(token)%'") == 0)
            let refused = try await house.service.call(
                "POST", "/api/v1/users/\(TokenHouse.user)/invitation", as: TokenHouse.administrator(), ["a": "b"])
            #expect(refused.status == 400)
        }
    }

    @Test func `lets the user set the password, once, and signs in`() async throws {
        try await TokenHouse.run { house in
            let link = try await house.invite()
            let browser = Browser(house)
            let page = try await browser.get(link)
            #expect(page.status == 200 && page.text.contains("ann@example.com"))
            #expect(
                page.text.contains(#"autocomplete="new-password""#) && page.text.contains(#"autocomplete="username""#))
            // To look does not use it up.
            #expect(try await Browser(house).get(link).status == 200)
            let answer = try await browser.submit(link, ["password": TokenHouse.password])
            #expect(answer.status == 303 && answer["Location"] == "/account/applications")
            #expect(try await browser.isSignedIn())
            #expect(try await browser.get(link).status == 410)
            #expect(try await Browser(house).signIn().status == 303)
            #expect(try await house.count("token.invitation") == 0)
        }
    }

    @Test func `says what a password lacks, and works still`() async throws {
        try await TokenHouse.run { house in
            let link = try await house.invite()
            let browser = Browser(house)
            for (password, words) in [
                ("", "Enter a password"), ("short", "at least 12 characters"),
                (String(repeating: "x", count: 1025), "at most 1024 bytes"),
            ] {
                let answer = try await browser.submit(link, ["password": password])
                #expect(answer.status == 422 && answer.text.contains(words))
                if !password.isEmpty { #expect(!answer.text.contains("value=\"\(password)\"")) }
            }
            #expect(try await browser.submit(link, ["password": TokenHouse.password]).status == 303)
        }
    }

    @Test(arguments: [
        "update token.invitation set expires_at = now()", "delete from token.invitation",
        "update policy.account set active = false where name = 'Ann'",
        "update policy.account set deleted = true, active = false where name = 'Ann'",
    ])
    func `that has ended says so, and sets nothing`(harm: String) async throws {
        try await TokenHouse.run { house in
            let link = try await house.invite()
            let browser = Browser(house)
            let form = Browser.hidden(try await browser.get(link)).merging(["password": TokenHouse.password]) { $1 }
            try await house.sql(harm)
            #expect(try await browser.get(link).status == 410)
            let answer = try await browser.post("/account/invitation", form)
            #expect(answer.status == 410 && answer.text.contains("does not work any more"))
            #expect(try await house.count("token.password") == 0)
        }
    }

    @Test func `is ended by the next one`() async throws {
        try await TokenHouse.run { house in
            let first = try await house.invite()
            let second = try await house.invite()
            #expect(first != second)
            #expect(try await Browser(house).get(first).status == 410)
            #expect(try await Browser(house).get(second).status == 200)
            for link in ["/account/invitation", "/account/invitation?token=", "/account/invitation?token=x"] {
                #expect(try await Browser(house).get(link).status == 410)
            }
        }
    }

    @Test func `used by two at once lets one in`() async throws {
        try await TokenHouse.run { house in
            let link = try await house.invite()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await Browser(house).submit(link, ["password": "password number \(number)"]).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 303 } == 1, "\(statuses)")
            #expect(statuses.count { $0 == 410 } == 7, "\(statuses)")
            #expect(try await house.count("token.session") == 1)
        }
    }

    @Test func `ends the sessions of before, and is a form of this browser's only`() async throws {
        try await TokenHouse.run { house in
            try await house.setPassword("the password of before")
            let old = Browser(house)
            try await old.signIn("ann@example.com", "the password of before")
            let link = try await house.invite()
            let browser = Browser(house)
            let form = Browser.hidden(try await browser.get(link)).merging(["password": TokenHouse.password]) { $1 }
            #expect(try await Browser(house).post("/account/invitation", form).status == 422)
            #expect(
                try await browser.post("/account/invitation", form, headers: ["Origin": "https://evil.example"]).status
                    == 403)
            let told = try await house.toldInOutbox()
            #expect(try await browser.post("/account/invitation", form).status == 303)
            #expect(try await !old.isSignedIn())
            #expect(
                try await told().map { $0["type"] } == ["gatehouse.user.password-changed", "gatehouse.user.signed-in"])
        }
    }

    @Test func `is made by a command on the host, too, for whoever cannot ask for one`() async throws {
        try await TokenHouse.run { house in
            let made = try house.command(["invite", "--user", TokenHouse.user])
            #expect(made.status == 0, "\(made.complaint)")
            let link = made.output.trimmingCharacters(in: .newlines)
            #expect(link.hasPrefix("http://127.0.0.1:8080/account/invitation?token="))
            let path = String(link.dropFirst("http://127.0.0.1:8080".count))
            #expect(try await Browser(house).submit(path, ["password": TokenHouse.password]).status == 303)
            for user in ["system", "0190b5a0-0000-7000-8000-00000000beef", "nonsense"] {
                let refused = try house.command(["invite", "--user", user])
                #expect(refused.status == 1 && refused.output.isEmpty, "\(user)")
            }
        }
    }
}
