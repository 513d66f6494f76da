/// A field of a form: its label, its input, what to mind, and what is wrong with it.
public struct Field: Sendable {
    public enum Kind: String, Sendable { case text, email, password }

    /// By which password managers and browsers know what belongs there (HTML § autofill).
    public enum Autocomplete: String, Sendable {
        case off, username
        case currentPassword = "current-password"
        case newPassword = "new-password"
    }

    public let name: String
    public let label: String
    public let kind: Kind
    public let autocomplete: Autocomplete
    public var value: String
    public var hint: HTML?
    /// In words: what to do about it.
    public var error: String?
    /// Shown, and sent, but not changed: the account to which a new password belongs.
    public var isFixed: Bool

    public init(
        _ name: String, _ label: String, _ kind: Kind = .text, autocomplete: Autocomplete = .off, value: String = "",
        hint: HTML? = nil, error: String? = nil, isFixed: Bool = false
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.autocomplete = autocomplete
        self.value = value
        self.hint = hint
        self.error = error
        self.isFixed = isFixed
    }

    public var html: HTML {
        .div(.class(.field)) {
            HTML.element("label", [Attribute("for", name)], HTML(label))
            if let hint { HTML.p(hint, .id("\(name)-hint"), .class(.hint)) }
            if let error { HTML.p("\(.symbol(.alert))\(error)", .id("\(name)-error"), .class(.error)) }
            input
        }
    }

    private var input: HTML {
        var attributes = [
            Attribute("id", name), Attribute("name", name), Attribute("type", kind.rawValue),
            Attribute("autocomplete", autocomplete.rawValue),
        ]
        // A password is never sent back.
        if kind != .password, !value.isEmpty { attributes.append(Attribute("value", value)) }
        if kind != .text { attributes += [Attribute("autocapitalize", "none"), Attribute("spellcheck", "false")] }
        attributes.append(isFixed ? Attribute("readonly") : Attribute("required"))
        let about = (hint == nil ? [] : ["\(name)-hint"]) + (error == nil ? [] : ["\(name)-error"])
        if !about.isEmpty { attributes.append(.described(by: about)) }
        if error != nil { attributes.append(Attribute("aria-invalid", "true")) }
        return .void("input", attributes)
    }
}
