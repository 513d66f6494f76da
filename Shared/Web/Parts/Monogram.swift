import GatehouseCrypto

extension HTML {
    /// The sign of an application without a logo: its first letters, on a colour that its name always has.
    public static func monogram(of name: String) -> HTML {
        let tint = tints[Int(SHA256.digest(Array(name.utf8))[0]) % tints.count]
        let letters = element(
            "text",
            [
                Attribute("x", "50%"), Attribute("y", "50%"), Attribute("dy", ".36em"),
                Attribute("text-anchor", "middle"), Attribute("font-size", "18"),
            ], HTML(letters(of: name)))
        let ground = void("rect", [Attribute("width", "48"), Attribute("height", "48"), Attribute("rx", "10")])
        return element(
            "svg", [.class(.monogram, tint), Attribute("viewBox", "0 0 48 48"), .hiddenFromReaders], ground + letters)
    }

    private static let tints: [Style] = [.tint0, .tint1, .tint2, .tint3, .tint4, .tint5, .tint6, .tint7]

    /// Of the first two words.
    private static func letters(of name: String) -> String {
        let words = name.split { !$0.isLetter && !$0.isNumber }
        let letters = words.prefix(2).compactMap(\.first).map { $0.uppercased() }
        return letters.isEmpty ? "?" : letters.joined()
    }
}
