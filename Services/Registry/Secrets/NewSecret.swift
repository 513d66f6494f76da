import GatehouseModel
import GatehousePostgres

/// A secret that was just made: its text is for one answer, the rest for the table.
struct NewSecret: Sendable {
    /// Neither stored nor logged.
    let text: String
    private let hint: String
    private let code: [UInt8]
    private let pepperID: String

    init(_ secret: ClientSecret, code: [UInt8], pepperID: String) {
        text = secret.text
        hint = secret.hint
        self.code = code
        self.pepperID = pepperID
    }

    /// For whoever asks again by the same Idempotency-Key: it is sealed there.
    var kept: [UInt8] { Array(text.utf8) }

    /// Its HMAC, the pepper's id, and the hint.
    var values: [Value] { [.bytea(code), .text(pepperID), .text(hint)] }
}
