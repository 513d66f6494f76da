/// The one identifier of an application, for ever: 32 letters and digits (A11).
public struct ClientID: TextValue {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    public let text: String

    public init(_ text: String) throws(Problem) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(Self.alphabet.contains) else {
            throw Problem(.validation, "must be a client ID: 32 letters and digits")
        }
        self.text = text
    }

    /// A new one.
    public init(random: inout some RandomNumberGenerator) {
        let letters = (0..<32).map { _ in Self.alphabet[Int.random(in: Self.alphabet.indices, using: &random)] }
        text = String(decoding: letters, as: UTF8.self)
    }
}
