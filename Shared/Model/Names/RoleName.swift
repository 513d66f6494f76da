/// A role: `Content Manager`.
public struct RoleName: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try VisibleText.canonical(text, length: 1...100) }
}
