import GatehouseCrypto

/// The last part of codes, refresh tokens and request URIs: an HMAC of the others. So none can be guessed, each can be made again from its
/// parts, and what was never ours is known without asking the database.
final class TokenSeal {
    /// What is sealed: no text is good for two uses.
    enum Use: String {
        case code, refresh
        case pushedRequest = "request"
    }

    private let key: HMAC.Key

    init(sealingKey: [UInt8]) {
        key = HMAC.Key(HMAC.sha256(key: sealingKey, Array("gatehouse codes and refresh tokens".utf8)))
    }

    func sealed(_ parts: [String], for use: Use) -> String {
        let text = parts.joined(separator: ".")
        return text + "." + Base64URL.text(code(of: text, use))
    }

    /// The parts of a sealed text; nil unless it is one.
    func parts(of text: String, count: Int, for use: Use) -> [String]? {
        guard text.utf8.count <= 200 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == count + 1, let given = Base64URL.decode(parts[count]) else { return nil }
        let others = Array(parts[..<count])
        return equalInConstantTime(given, code(of: others.joined(separator: "."), use)) ? others : nil
    }

    private func code(of text: String, _ use: Use) -> [UInt8] { key.code(of: Array("\(use.rawValue):\(text)".utf8)) }
}
