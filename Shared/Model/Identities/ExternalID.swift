/// How another system names a user; unique among users.
public struct ExternalID: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try VisibleText.canonical(text, length: 1...255) }
}
