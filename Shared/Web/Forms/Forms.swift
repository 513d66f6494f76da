/// Forms, and what stands in them.
extension HTML {
    /// A form that posts to a path of ours. `csrf` goes with it in a hidden field; `hidden` are others.
    ///
    /// The browser's own checks are off: ours say the same in the same place for everybody.
    public static func form(
        to path: LocalPath, csrf: String, hidden: [(name: String, value: String)] = [],
        @HTMLBuilder content: () -> HTML
    ) -> HTML {
        let fields = [(name: "csrf_token", value: csrf)] + hidden
        return element(
            "form",
            [Attribute("method", "post"), Attribute("action", path.text), Attribute("novalidate"), .class(.stack)],
            HTMLBuilder.buildArray(fields.map { hiddenField($0.name, $0.value) }) + content())
    }

    private static func hiddenField(_ name: String, _ value: String) -> HTML {
        void("input", [Attribute("type", "hidden"), Attribute("name", name), Attribute("value", value)])
    }

    /// What is wrong in a form, with a link to each place. It gets the focus when the page appears.
    public static func problems(in fields: [Field]) -> HTML {
        let wrong = fields.filter { $0.error != nil }
        guard !wrong.isEmpty else { return .nothing }
        return problems("There is a problem", wrong.map { a(Link(id: $0.name), HTML($0.error ?? "")) })
    }

    /// What is wrong that belongs to no single field.
    public static func problems(_ title: HTML, _ problems: [HTML]) -> HTML {
        element(
            "div",
            [
                .class(.summary), .alert, .labelled(by: "problems"), Attribute("tabindex", "-1"),
                Attribute("autofocus"),
            ],
            h2("\(.symbol(.alert))\(title)", .id("problems"))
                + ul(.class(.plain), .list) { HTMLBuilder.buildArray(problems.map { li($0) }) })
    }

    /// How much a button weighs.
    public enum Weight: Sendable {
        /// What the page is for.
        case primary
        /// One of several that weigh the same.
        case choice
        /// Takes something away.
        case danger
        /// Looks like a link.
        case link

        fileprivate var style: Style {
            switch self {
            case .primary: .primary
            case .choice: .choice
            case .danger: .danger
            case .link: .link
            }
        }
    }

    /// Sends its form, with `name` and `value` where it has them: which of several it was.
    public static func button(
        _ label: HTML, _ weight: Weight = .primary, name: String? = nil, value: String? = nil
    ) -> HTML {
        var attributes = [Attribute("type", "submit"), Attribute.class(.button, weight.style)]
        if let name { attributes.append(Attribute("name", name)) }
        if let value { attributes.append(Attribute("value", value)) }
        return element("button", attributes, label)
    }

    /// A link that looks like a button: to go on, where nothing is sent.
    public static func button(to link: Link, _ label: HTML, _ weight: Weight = .primary) -> HTML {
        a(link, label, .class(.button, weight.style))
    }
}
