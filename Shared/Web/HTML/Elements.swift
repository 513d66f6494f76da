/// The elements that pages are made of.
extension HTML {
    static func element(_ name: StaticString, _ attributes: [Attribute], _ content: HTML) -> HTML {
        HTML(markup: "<\(name)\(attributes.map(\.markup).joined())>\(content.markup)</\(name)>")
    }

    /// One without content or end.
    static func void(_ name: StaticString, _ attributes: [Attribute]) -> HTML {
        HTML(markup: "<\(name)\(attributes.map(\.markup).joined())>")
    }

    // MARK: - Text

    public static func h1(_ text: HTML, _ attributes: Attribute...) -> HTML { element("h1", attributes, text) }
    public static func h2(_ text: HTML, _ attributes: Attribute...) -> HTML { element("h2", attributes, text) }
    public static func h3(_ text: HTML, _ attributes: Attribute...) -> HTML { element("h3", attributes, text) }
    public static func p(_ text: HTML, _ attributes: Attribute...) -> HTML { element("p", attributes, text) }
    public static func span(_ text: HTML, _ attributes: Attribute...) -> HTML { element("span", attributes, text) }
    public static func strong(_ text: HTML) -> HTML { element("strong", [], text) }
    public static func code(_ text: HTML) -> HTML { element("code", [], text) }
    public static func time(_ text: HTML, _ dateTime: String) -> HTML { element("time", [.dateTime(dateTime)], text) }
    public static func li(_ text: HTML, _ attributes: Attribute...) -> HTML { element("li", attributes, text) }
    public static func th(_ text: HTML, _ attributes: Attribute...) -> HTML { element("th", attributes, text) }
    public static func td(_ text: HTML, _ attributes: Attribute...) -> HTML { element("td", attributes, text) }

    /// A link. One that leads away says nothing of where it was followed, and gets no hold of this page.
    public static func a(_ link: Link, _ text: HTML, _ attributes: Attribute...) -> HTML {
        let away = link.isAway ? [Attribute("rel", "noopener noreferrer external")] : []
        return element("a", [Attribute("href", link.text)] + away + attributes, text)
    }

    // MARK: - Groups

    public static func div(_ attributes: Attribute..., @HTMLBuilder content: () -> HTML) -> HTML {
        element("div", attributes, content())
    }

    public static func section(_ attributes: Attribute..., @HTMLBuilder content: () -> HTML) -> HTML {
        element("section", attributes, content())
    }

    public static func nav(_ attributes: Attribute..., @HTMLBuilder content: () -> HTML) -> HTML {
        element("nav", attributes, content())
    }

    public static func ul(_ attributes: Attribute..., @HTMLBuilder content: () -> HTML) -> HTML {
        element("ul", attributes, content())
    }

    public static func ol(_ attributes: Attribute..., @HTMLBuilder content: () -> HTML) -> HTML {
        element("ol", attributes, content())
    }

    public static func li(_ attributes: Attribute..., @HTMLBuilder content: () -> HTML) -> HTML {
        element("li", attributes, content())
    }

    /// What can be opened for more.
    public static func details(_ summary: HTML, @HTMLBuilder content: () -> HTML) -> HTML {
        element("details", [], element("summary", [], summary) + content())
    }

    // MARK: - Tables

    /// `caption` names the table for those who do not see it as one.
    public static func table(
        caption: HTML, head: [HTML], @HTMLBuilder rows: () -> HTML
    ) -> HTML {
        let cells = HTMLBuilder.buildArray(head.map { th($0, .scope(.col)) })
        let content =
            element("caption", [], caption) + element("thead", [], element("tr", [], cells))
            + element("tbody", [], rows())
        // What is wider than the screen is scrolled by itself, and can be by keyboard.
        return element(
            "div", [.class(.scroll), Attribute("tabindex", "0")], element("table", [], content))
    }

    public static func tr(@HTMLBuilder cells: () -> HTML) -> HTML { element("tr", [], cells()) }
}
