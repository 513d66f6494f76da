/// A parameter of a statement. It carries its type, null or not, so the server never has to guess one.
public enum Value: Sendable {
    /// A null whose type the server infers; prefer the typed ones.
    case null
    case bool(Bool?)
    case int2(Int16?)
    case int4(Int32?)
    case int8(Int64?)
    case float8(Double?)
    case text(String?)
    case uuid(UInt128?)
    /// `Int64.max` and `.min` are infinity and -infinity.
    case timestamptz(microsSince1970: Int64?)
    case bytea([UInt8]?)
    /// The UTF-8 text of a JSON value.
    case jsonb([UInt8]?)
    case inet(Inet?)

    case bools([Bool?])
    case int2s([Int16?])
    case int4s([Int32?])
    case int8s([Int64?])
    case float8s([Double?])
    case texts([String?])
    case uuids([UInt128?])
    case timestamptzs(microsSince1970: [Int64?])
    case byteas([[UInt8]?])
    case jsonbs([[UInt8]?])
    case inets([Inet?])

    public static func uuid(hi: UInt64, lo: UInt64) -> Value { .uuid(UInt128(hi) << 64 | UInt128(lo)) }
}

/// An address with the length of its network's prefix (all bits: a single address).
public struct Inet: Sendable, Hashable {
    /// 4 of IPv4, 16 of IPv6.
    public var bytes: [UInt8]
    public var prefix: UInt8

    public init(bytes: [UInt8], prefix: UInt8) {
        self.bytes = bytes
        self.prefix = prefix
    }
}
