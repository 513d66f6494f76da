/// An application's website (F35), which people are shown while they sign in.
public struct WebsiteURL: TextValue {
    private let url: WebURL

    public init(_ text: String) throws(Problem) { url = try WebURL(text) }

    public var text: String { url.text }

    /// What people are shown of it.
    public var host: String { String(url.host) }

    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
