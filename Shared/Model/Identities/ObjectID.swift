/// How the organisation's API names an object: a segment of its paths, without escapes.
///
/// It is taken as it is or not at all: what cannot be seen, or has another spelling that looks the same, is no id.
public struct ObjectID: TextValue {
    public static let maximumLength = 256

    public let text: String

    public init(_ text: String) throws(Problem) {
        guard (1...Self.maximumLength).contains(text.utf8.count) else {
            throw Problem(.validation, "must have 1 to \(Self.maximumLength) bytes")
        }
        // Nearly all are plain, and each decision about an object asks.
        if !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            let canonical = try VisibleText.canonical(text, length: 1...Self.maximumLength)
            guard canonical.utf8.elementsEqual(text.utf8) else {
                throw Problem(.validation, "must have no space around it, and be in normalisation form C")
            }
        }
        self.text = text
    }
}
