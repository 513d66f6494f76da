/// Fields as `application/x-www-form-urlencoded` has them. Strict, where most decoders repair: nothing that two readers could read
/// differently gets in, and a repeated name stays visible (RFC 6749 §3.1 forbids it).
public struct Form: Sendable {
    public typealias Field = (name: String, value: String)

    /// In their order, repetitions included.
    public let fields: [Field]

    public enum Failure: Error, Hashable {
        /// `%` without two hexadecimal digits.
        case invalidEscape
        case invalidUTF8
        /// NUL, plain or escaped.
        case nul
        /// A field without a name.
        case nameless
    }

    // No generics over collections: across modules they are not specialised, and cost 40 ns a byte.
    public init(_ bytes: [UInt8]) throws(Failure) {
        var fields: [Field] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let pair = rest[..<(rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex)]
            rest = rest[pair.endIndex...].dropFirst()
            guard !pair.isEmpty else { continue }
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try Self.decode(pair[..<end])
            guard !name.isEmpty else { throw .nameless }
            fields.append((name, end == pair.endIndex ? "" : try Self.decode(pair[(end + 1)...])))
        }
        self.fields = fields
    }

    private init(fields: [Field]) { self.fields = fields }

    public init(_ text: some StringProtocol) throws(Failure) { try self.init(Array(text.utf8)) }

    /// The first value of `name`; nil where there is none.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    public func values(of name: String) -> [String] { fields.lazy.filter { $0.name == name }.map(\.value) }

    /// Without the fields that have an empty value, or none.
    public var withoutEmpty: Form { Form(fields: fields.filter { !$0.value.isEmpty }) }

    /// The names that come more than once.
    public var repeated: Set<String> {
        var repeated: Set<String> = []
        for (index, field) in fields.enumerated() where fields[..<index].contains(where: { $0.name == field.name }) {
            repeated.insert(field.name)
        }
        return repeated
    }

    /// One name or value.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: try unescaped(bytes), as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) throws(Failure) -> ArraySlice<UInt8> {
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 == 0 }) else {
            return bytes
        }
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    throw .invalidEscape
                }
                plain.append(high << 4 | low)
            default: plain.append(byte)
            }
        }
        guard !plain.contains(0) else { throw .nul }
        return plain[...]
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// The fields of a request's query: the same encoding, the same law.
public typealias Query = Form
