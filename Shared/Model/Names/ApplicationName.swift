/// What people call an application; unique by its `key` (A30).
public struct ApplicationName: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try VisibleText.canonical(text, length: 1...100) }

    /// The same for all names that differ in case alone.
    public var key: String { VisibleText.key(text) }
}
