import GatehouseModel
import GatehouseWeb
import Testing

@Suite struct `HTML is safe by the way it is made` {
    static let hostile = #"<script>alert('x')</script>"&\0"#.replacing("\\0", with: "\0")
    static let shown = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\u{FFFD}"

    @Test func `text is escaped`() {
        #expect(HTML(Self.hostile).markup == Self.shown)
        #expect(HTML("plain ü 🏰").markup == "plain ü 🏰")
    }

    @Test func `a literal and what it interpolates are text, and HTML in it stays what it is`() {
        let html: HTML = "1 < 2, \(Self.hostile) & \(.strong("so"))"
        #expect(html.markup == "1 &lt; 2, \(Self.shown) &amp; <strong>so</strong>")
    }

    @Test func `no attribute's value can be left`() throws {
        let page = HTML.div(.id(Self.hostile), .label(Self.hostile), .title(#"" onclick="x"#)) { "text" }
        let value = Self.shown
        #expect(page.markup == #"<div id="\#(value)" aria-label="\#(value)" title="&quot; onclick=&quot;x">text</div>"#)
    }

    @Test func `fields show what was sent as text, and never a password`() {
        let field = Field("email", "E-mail", .email, autocomplete: .username, value: Self.hostile, error: Self.hostile)
        #expect(!field.html.markup.contains("<script"))
        #expect(field.html.markup.contains(#"value="\#(Self.shown)""#))
        let password = Field("password", "Password", .password, autocomplete: .currentPassword, value: "secret")
        #expect(!password.html.markup.contains("secret"))
    }

    @Test func `a website is linked, and says nothing of where it was followed`() throws {
        let link = HTML.a(Link(try WebsiteURL("https://shop.example/?a=1&b='2'")), "shop")
        #expect(
            link.markup
                == #"<a href="https://shop.example/?a=1&amp;b=&#39;2&#39;" rel="noopener noreferrer external">shop</a>"#
        )
        #expect(throws: Problem.self) { try WebsiteURL("javascript:alert(1)") }
    }

    @Test func `a builder takes conditions and repetitions`() {
        let list = HTML.ul {
            for name in ["a", "b"] { HTML.li("\(name)") }
            if false { HTML.li("never") }
        }
        #expect(list.markup == "<ul><li>a</li><li>b</li></ul>")
    }
}
