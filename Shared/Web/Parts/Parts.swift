/// What pages are put together from.
extension HTML {
    public static func card(@HTMLBuilder content: () -> HTML) -> HTML {
        element("section", [.class(.card, .stack)], content())
    }

    /// Buttons beside each other; below each other where there is no room.
    public static func actions(@HTMLBuilder content: () -> HTML) -> HTML {
        element("div", [.class(.actions)], content())
    }

    /// Names and what they stand for, in two columns.
    public static func facts(_ facts: [(name: HTML, value: HTML)]) -> HTML {
        let rows = facts.map { element("div", [], element("dt", [], $0.name) + element("dd", [], $0.value)) }
        return element("dl", [.class(.facts)], HTMLBuilder.buildArray(rows))
    }

    /// What a notice is about. Said by its words and its sign, not by its colour alone.
    public enum Tone: Sendable { case plain, good, warning, bad }

    public static func notice(_ tone: Tone, _ text: HTML) -> HTML {
        switch tone {
        case .plain: element("div", [.class(.notice), .status], symbol(.note) + p(text))
        case .good: element("div", [.class(.notice, .good), .status], symbol(.done) + p(text))
        case .warning: element("div", [.class(.notice, .warning), .status], symbol(.alert) + p(text))
        case .bad: element("div", [.class(.notice, .bad), .alert], symbol(.alert) + p(text))
        }
    }

    /// A word on a line of its own kind: *read-only*, *disabled*.
    public static func tag(_ text: HTML) -> HTML { span(text, .class(.tag)) }

    /// Who an application is: its logo, or a monogram; its name, and a line below it.
    public static func identity(_ name: String, logo: Link? = nil, _ line: HTML = .nothing) -> HTML {
        div(.class(.identity)) {
            if let logo {
                void("img", [Attribute("src", logo.text), Attribute("alt", ""), .class(.logo)])
            } else {
                monogram(of: name)
            }
            div {
                p(strong(HTML(name)))
                if !line.isEmpty { p(line, .class(.quiet)) }
            }
        }
    }
}
