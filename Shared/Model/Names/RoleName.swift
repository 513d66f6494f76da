/// A role: `Content Manager`.
///
/// It is a segment of a path (`/roles/{name}`), so what no path may hold, even escaped, is in no name (`RequestTarget`).
public struct RoleName: TextValue {
    public let text: String

    public init(_ text: String) throws(Problem) {
        let name = try VisibleText.canonical(text, length: 1...100)
        guard name != ".", name != "..", !name.unicodeScalars.contains(where: Self.isRefusedInPaths) else {
            throw Problem(.validation, "must contain no /, \\ or ;, nor be . or .., for paths cannot name it")
        }
        self.text = name
    }

    private static func isRefusedInPaths(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "/" || scalar == "\\" || scalar == ";"
    }
}
