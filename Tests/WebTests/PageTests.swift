import GatehouseEventLoop
import GatehouseHTTP
import GatehouseModel
import GatehouseWeb
import TestSupport
import Testing

@Suite struct `A page` {
    private func header(_ name: String, _ response: Response) -> [String] {
        response.headers.filter { $0.name == name }.map(\.value)
    }

    @Test func `tells the browser to keep, frame, run and tell nothing`() {
        let answer = WebPage("Sign in") { HTML.p("Hello") }.response([("Set-Cookie", "a=b")])
        #expect(answer.status == 200)
        #expect(
            header("Content-Security-Policy", answer) == [
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            ])
        #expect(header("Cache-Control", answer) == ["no-store"])
        #expect(header("Referrer-Policy", answer) == ["no-referrer"])
        #expect(header("X-Content-Type-Options", answer) == ["nosniff"])
        #expect(header("Cross-Origin-Opener-Policy", answer) == ["same-origin"])
        #expect(header("Content-Type", answer) == ["text/html; charset=utf-8"])
        #expect(header("Set-Cookie", answer) == ["a=b"])
    }

    @Test(arguments: [
        ("https://shop.example:8443/cb?a=b", "https://shop.example:8443"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
        ("http://[::1]:9000/cb", "http:"),
    ]) func `may lead to one origin more`(_ uri: String, _ source: String) throws {
        let answer = WebPage("Consent", leadsTo: try RedirectURI(uri)) { HTML.p("Hello") }.response()
        #expect(header("Content-Security-Policy", answer)[0].contains("form-action 'self' \(source); frame-ancestors"))
    }

    @Test func `is one document, with its title, its language and no script or style of its own`() {
        let person = WebPage.Person(name: "Ann <b>", email: "ann@example.com")
        let html = WebPage("Sign <in>", person: person) { HTML.card { HTML.h1("Sign in") } }.html.markup
        #expect(html.hasPrefix(#"<!doctype html><html lang="en"><head><meta charset="utf-8">"#))
        #expect(html.contains("<title>Sign &lt;in&gt; · Gatehouse</title>"))
        #expect(
            html.contains(
                #"<main id="main" class="narrow"><section class="card stack"><h1>Sign in</h1></section></main>"#))
        #expect(html.contains("Ann &lt;b&gt;"))
        #expect(
            !html.contains("<script") && !html.contains("<style") && !html.contains(" style=") && !html.contains(" on"))
    }

    @Test func `after a form is the next one`() {
        let answer = Response.seeOther(LocalPath("/account/applications"), [("Set-Cookie", "a=b")])
        #expect(answer.status == 303)
        #expect(header("Location", answer) == ["/account/applications"])
        #expect(header("Cache-Control", answer) == ["no-store"])
        #expect(header("Set-Cookie", answer) == ["a=b"])
    }

    @Test func `has forms whose fields password managers find, and problems that are linked to`() {
        let fields = [
            Field(
                "email", "E-mail", .email, autocomplete: .username, hint: "As you signed up",
                error: "Enter your e-mail address"),
            Field("password", "Password", .password, autocomplete: .currentPassword),
        ]
        let form = HTML.form(to: LocalPath("/login"), csrf: "token", hidden: [("next", "/a")]) {
            HTML.problems(in: fields)
            for field in fields { field.html }
            HTML.button("Sign in")
        }.markup
        #expect(form.hasPrefix(#"<form method="post" action="/login" novalidate class="stack">"#))
        #expect(form.contains(#"<input type="hidden" name="csrf_token" value="token">"#))
        #expect(form.contains(#"<input type="hidden" name="next" value="/a">"#))
        #expect(form.contains(##"<a href="#email">Enter your e-mail address</a>"##))
        #expect(form.contains(#"aria-describedby="email-hint email-error" aria-invalid="true""#))
        #expect(form.contains(#"<label for="email">E-mail</label>"#))
        #expect(form.contains(#"autocomplete="username""#) && form.contains(#"autocomplete="current-password""#))
        #expect(form.contains(#"<button type="submit" class="button primary">Sign in</button>"#))
    }

    @Test func `shows an application without a logo by the letters of its name, always in one colour`() {
        let monogram = HTML.monogram(of: "shop  sync & more").markup
        #expect(monogram.contains(">SS</text>"))
        #expect(HTML.monogram(of: "shop  sync & more").markup == monogram)
        #expect(HTML.monogram(of: "<>").markup.contains(">?</text>"))
    }

    @Test func `has classes that the style sheet knows`() async throws {
        try await served { client in
            let sheet = try await client.ask(style())
            for style in Style.allCases { #expect(sheet.body.contains(".\(style.rawValue)"), "\(style.rawValue)") }
        }
    }

    @Test func `takes its style from a name that changes with it, for ever; another's name gives the same, once`()
        async throws
    {
        try await served { client in
            let sheet = try await client.ask(style())
            #expect(sheet.status == 200)
            #expect(sheet["Content-Type"] == "text/css; charset=utf-8")
            #expect(sheet["Cache-Control"] == "public, max-age=31536000, immutable")
            #expect(sheet["X-Content-Type-Options"] == "nosniff")
            let other = try await client.ask("/assets/style.0123456789abcdef.css")
            #expect(other.body == sheet.body)
            #expect(other["Cache-Control"] == "no-store")
            #expect(try await client.ask("/assets/style.css").status == 404)
            #expect(try await client.ask("/assets/icon.0123456789abcdef.css").status == 404)
        }
    }

    private func style() throws -> String {
        let html = WebPage("x") { HTML.nothing }.html.markup
        return String(try #require(html.firstMatch(of: #//assets/style\.[A-Za-z0-9_-]{16}\.css/#)).output)
    }

    private struct Client {
        let port: UInt16
        let events: Events

        func ask(_ path: String) async throws -> RawAnswer {
            let client = try RawClient(port, events)
            try await client.send("GET \(path) HTTP/1.1\r\nHost: here\r\n\r\n")
            return try await client.receive()
        }
    }

    private func served(_ story: @Sendable (Client) async throws -> Void) async throws {
        let core = Core()
        defer { core.stop() }
        try await core.run { core in
            let router = Router()
            Assets.mount(on: router)
            let server = try Server(
                Server.Settings(), on: core, router: router, refuse: { Response(404, text: "\($0)") })
            try await story(Client(port: server.port, events: core.events))
            await server.drain(within: .zero)
        }
    }
}
