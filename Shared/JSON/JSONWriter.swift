/// Writes compact JSON byte by byte, without a value in between: for the hot bodies.
///
/// The caller begins, ends and names in a right order; commas come by themselves.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []
    private var isAfterValue = false

    public init(reserving capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    public mutating func beginObject() { begin("{") }
    public mutating func endObject() { end("}") }
    public mutating func beginArray() { begin("[") }
    public mutating func endArray() { end("]") }

    /// Names the value that is written next.
    public mutating func member(_ name: String) {
        separate()
        append(quoted: name)
        append(":")
        isAfterValue = false
    }

    public mutating func null() { raw("null".utf8) }
    public mutating func bool(_ value: Bool) { raw((value ? "true" : "false").utf8) }
    public mutating func integer(_ value: some BinaryInteger) { raw(String(value).utf8) }

    /// What JSON cannot say, infinities and not-a-number, is null.
    public mutating func number(_ value: Double) { value.isFinite ? raw(value.description.utf8) : null() }

    public mutating func string(_ value: String) {
        separate()
        append(quoted: value)
    }

    /// Bytes that are one JSON value already.
    public mutating func raw(_ value: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: value)
    }

    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for (name, value) in object.members {
                member(name)
                self.value(value)
            }
            endObject()
        }
    }
}

extension JSONWriter {
    private mutating func begin(_ bracket: Unicode.Scalar) {
        separate()
        append(bracket)
        isAfterValue = false
    }

    private mutating func end(_ bracket: Unicode.Scalar) {
        append(bracket)
        isAfterValue = true
    }

    private mutating func separate() {
        if isAfterValue { append(",") }
        isAfterValue = true
    }

    private mutating func append(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

    private mutating func append(quoted text: String) {
        append("\"")
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for (index, byte) in utf8.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                append(escaped: byte)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
        append("\"")
    }

    private mutating func append(escaped byte: UInt8) {
        append("\\")
        switch byte {
        case 0x08: append("b")
        case 0x09: append("t")
        case 0x0A: append("n")
        case 0x0C: append("f")
        case 0x0D: append("r")
        case 0..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            append(byte < 0x10 ? "0" : "1")
            bytes.append(contentsOf: String(byte & 0x0F, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}

extension JSON {
    /// Compact, members in their order.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
