import GatehouseHTTP
import GatehouseModel

/// What a caller names a change by, so that it is made once however often it is asked for.
struct IdempotencyKey: Sendable, Hashable {
    static let header = "Idempotency-Key"
    private static let most = 255

    let text: String

    /// Nil where there is none. As opaque as an entity tag: quotes, if there are any, are the key's own.
    init?(_ request: Request) throws(Problem) {
        let values = request.headers(Self.header)
        guard let text = values.first else { return nil }
        guard values.count == 1 else { throw Problem(.malformed, "\(Self.header) is given twice.") }
        guard (1...Self.most).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Problem(.malformed, "\(Self.header) takes 1 to \(Self.most) printable characters of ASCII.")
        }
        self.text = text
    }
}
