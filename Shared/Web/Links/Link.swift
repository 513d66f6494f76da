public import GatehouseModel

/// Where a link or an image may point: a path of ours, or a website that somebody registered.
public struct Link: Sendable, Hashable {
    let text: String
    let isAway: Bool

    public init(_ path: LocalPath) {
        text = path.text
        isAway = false
    }

    /// `http` or `https`: the model takes no other.
    public init(_ website: WebsiteURL) {
        text = website.text
        isAway = true
    }

    /// A place on this page.
    public init(id: String) {
        text = "#\(id)"
        isAway = false
    }

    public static func path(_ path: StaticString) -> Link { Link(LocalPath(path)) }
}
