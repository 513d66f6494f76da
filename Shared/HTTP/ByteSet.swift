/// A set of ASCII bytes.
struct ByteSet {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ characters: String) {
        for byte in characters.utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<64: low >> UInt64(byte) & 1 == 1
        case 64..<128: high >> UInt64(byte & 63) & 1 == 1
        default: false
        }
    }

    private static let alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

    /// Of a method, a header's name, a parameter (RFC 9110 §5.6.2).
    static let token = ByteSet(alphanumeric + "!#$%&'*+-.^_`|~")
    /// Of a target's path and query (RFC 3986 §3.3), where `%` begins an escape. `[` and `]` are reserved there, and common in queries.
    static let target = ByteSet(alphanumeric + "-._~!$&'()*+,;=:@/?%[]")
    /// Of a host and its port, without what only a list of hosts would need (RFC 3986 §3.2.2).
    static let host = ByteSet(alphanumeric + "-._~:[]%")
    static let hexadecimal = ByteSet("0123456789abcdefABCDEF")
}
