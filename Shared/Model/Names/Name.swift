/// What people call a person, or a component of the product.
public struct Name: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try VisibleText.canonical(text, length: 1...100) }
}
