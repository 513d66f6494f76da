/// What a user may do: `MANAGE_SEGMENTS`.
public struct Permission: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        let words = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 100, words.allSatisfy(Self.isWord), words[0].first.map(Self.isLetter) == true else {
            throw Problem(.validation, "must be a permission such as MANAGE_SEGMENTS")
        }
        self.text = text
    }

    private static func isWord(_ word: Substring.UTF8View) -> Bool {
        !word.isEmpty
            && word.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
