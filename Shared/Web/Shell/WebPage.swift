import GatehouseHTTP
public import GatehouseModel

/// A page: what is shown in the shell, and what the browser is told about it.
public struct WebPage: Sendable {
    /// A form, or a text, is narrow; a list is wide.
    public enum Width: Sendable { case narrow, wide }

    public var status: Int
    public let title: String
    public let width: Width
    /// Who is signed in; nil where nobody is, or it does not matter.
    public let person: Person?
    /// Where the answer to a form of this page may send the browser on to, beside our own origin (Chromium looks at that).
    public let leadsTo: RedirectURI?
    public let main: HTML

    /// ```
    /// WebPage("Sign in") {
    ///     .card { .h1("Sign in"); … }
    /// }
    /// ```
    public init(
        _ title: String, status: Int = 200, width: Width = .narrow, person: Person? = nil, leadsTo: RedirectURI? = nil,
        @HTMLBuilder main: () -> HTML
    ) {
        self.title = title
        self.status = status
        self.width = width
        self.person = person
        self.leadsTo = leadsTo
        self.main = main()
    }

    /// Who is signed in, as the shell shows them.
    public struct Person: Sendable {
        public let name: String
        public let email: String

        public init(name: String, email: String) {
            self.name = name
            self.email = email
        }
    }

    /// The whole document.
    public var html: HTML {
        HTML(markup: "<!doctype html>")
            + .element("html", [.lang("en")], head + .element("body", [], body))
    }

    private var head: HTML {
        let metas = HTML(
            markup: """
                <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
                <meta name="color-scheme" content="light dark">
                """)
        let icon = [
            Attribute("rel", "icon"), Attribute("type", "image/svg+xml"), Attribute("href", Assets.icon.path),
        ]
        let style = [Attribute("rel", "stylesheet"), Attribute("href", Assets.style.path)]
        let title = HTML.element("title", [], "\(title) · Gatehouse")
        return .element("head", [], metas + title + .void("link", icon) + .void("link", style))
    }

    @HTMLBuilder private var body: HTML {
        HTML.a(Link(id: "main"), "Skip to the content", .class(.skip))
        HTML.element("header", [.class(.bar)], bar)
        HTML.element("main", [.id("main"), .class(width == .narrow ? .narrow : .wide)], main)
        HTML.element("footer", [.class(.foot)], .p("Gatehouse decides what applications may do, and remembers it."))
    }

    @HTMLBuilder private var bar: HTML {
        HTML.span(.symbol(.gate) + "Gatehouse", .class(.brand))
        if let person {
            HTML.div(.class(.person)) {
                HTML.span("\(HTML.span("Signed in as ", .class(.unseen)))\(person.name)", .title(person.email))
                HTML.a(.path("/logout"), "Sign out")
            }
        }
    }
}
