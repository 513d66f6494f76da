import GatehouseCrypto

/// What a form carries so that no other site can send it: a code of whose it is, which only this service can make.
///
/// Of a browser that nobody is signed in at, the code is of a cookie of its own; else of the session, so that no form outlives it.
final class FormTokens {
    private let key: HMAC.Key

    /// `secret`: any that this service alone knows.
    init(secret: [UInt8]) { key = HMAC.Key(HMAC.sha256(key: secret, Array("gatehouse forms".utf8))) }

    func token(of browser: String) -> String { code("browser", Array(browser.utf8)) }
    func token(of session: Session) -> String { code("session", session.digest) }

    func isValid(_ sent: String, of browser: String) -> Bool { isEqual(sent, token(of: browser)) }
    func isValid(_ sent: String, of session: Session) -> Bool { isEqual(sent, token(of: session)) }

    /// By which a browser shows that it has signed in to an account before.
    func mark(of account: String) -> String { code("account", Array(account.utf8)) }
    func isMark(_ sent: String, of account: String) -> Bool { isEqual(sent, mark(of: account)) }

    private func code(_ kind: StaticString, _ whose: [UInt8]) -> String {
        Base64URL.text(key.code(of: Array("\(kind)\n".utf8) + whose))
    }

    private func isEqual(_ one: String, _ other: String) -> Bool {
        equalInConstantTime(Array(one.utf8), Array(other.utf8))
    }
}
