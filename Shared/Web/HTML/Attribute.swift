/// An attribute of an element. There is none that runs a script or sets a style.
public struct Attribute: Sendable, Hashable {
    /// With the space before it.
    let markup: String

    init(_ name: StaticString, _ value: String) { markup = " \(name)=\"\(HTML.escaped(value))\"" }
    init(_ name: StaticString) { markup = " \(name)" }

    public static func `class`(_ styles: Style...) -> Attribute {
        Attribute("class", styles.map(\.rawValue).joined(separator: " "))
    }

    public static func id(_ id: String) -> Attribute { Attribute("id", id) }
    public static func lang(_ tag: String) -> Attribute { Attribute("lang", tag) }
    public static func title(_ text: String) -> Attribute { Attribute("title", text) }
    /// Of a `time`: RFC 3339.
    public static func dateTime(_ text: String) -> Attribute { Attribute("datetime", text) }
    public static func scope(_ scope: Scope) -> Attribute { Attribute("scope", scope.rawValue) }
    public static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }
    public static func labelled(by id: String) -> Attribute { Attribute("aria-labelledby", id) }
    public static func described(by ids: [String]) -> Attribute {
        Attribute("aria-describedby", ids.joined(separator: " "))
    }
    /// Told when it changes, or when the page appears.
    public static let status = Attribute("role", "status")
    public static let alert = Attribute("role", "alert")
    /// Seen, and passed over by what reads the page aloud.
    public static let hiddenFromReaders = Attribute("aria-hidden", "true")
    /// In Safari a list without bullets is none, but for this.
    public static let list = Attribute("role", "list")

    /// Of a table's header cell.
    public enum Scope: String, Sendable { case col, row }
}
