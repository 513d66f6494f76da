/// The rule that the names of the catalogue's own nouns share: `url-mapping`, `read`, `connection`.
enum LowercaseName {
    static func checked(_ text: String, _ noun: String) throws(Problem) -> String {
        guard (1...50).contains(text.utf8.count), let first = text.utf8.first, isLetter(first),
            text.utf8.allSatisfy(isNameCharacter)
        else {
            throw Problem(.validation, "must be \(noun): a small letter, then at most 49 of a–z, 0–9, - and _")
        }
        return text
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

/// A type of objects that the resource directory knows, in the singular: `segment`.
public struct ResourceType: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try LowercaseName.checked(text, "a type") }
}

/// What can be done to an object of a type: `update`.
public struct ActionName: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try LowercaseName.checked(text, "an action") }
}

/// A kind of the product's own components, which have credentials of their own: `connection`.
public struct ComponentKind: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) { self.text = try LowercaseName.checked(text, "a kind") }
}
