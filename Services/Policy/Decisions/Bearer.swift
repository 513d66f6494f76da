/// What a request's `Authorization` says (RFC 6750 §2.1).
struct Bearer {
    enum Statement {
        case none
        /// Another scheme, no token, or two headers: two readers could take it for two callers.
        case unreadable
        case token(TokenDigest)
    }

    private static let scheme = Array("bearer ".utf8)

    private(set) var statement = Statement.none

    /// To be told of each `Authorization` header.
    mutating func read(_ value: UnsafeBufferPointer<UInt8>) {
        guard case .none = statement, let token = Self.token(value) else { return statement = .unreadable }
        statement = .token(TokenDigest(token))
    }

    static func token(_ value: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard value.count > scheme.count else { return nil }
        for (index, byte) in scheme.enumerated() {
            let sent = value[index]
            guard sent == byte || (0x41...0x5A).contains(sent) && sent | 0x20 == byte else { return nil }
        }
        let rest = value[scheme.count...].drop { $0 == 0x20 }
        return rest.isEmpty ? nil : UnsafeBufferPointer(rebasing: rest)
    }
}
