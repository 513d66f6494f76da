/// What somebody wrote down about a thing: one line, which may be empty.
public struct Note: TextValue {
    public static let empty = Note()
    public let text: String

    private init() { text = "" }

    public init(_ text: String) throws(Problem) { self.text = try VisibleText.canonical(text, length: 0...500) }
}
