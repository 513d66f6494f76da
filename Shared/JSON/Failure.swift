extension JSON {
    /// Why some bytes are not JSON, and where.
    public struct Failure: Error, Hashable {
        public enum Reason: Hashable, Sendable {
            case unexpectedByte(UInt8)
            case unexpectedEnd
            case tooDeep
            case duplicateName(String)
            case numberTooLarge
            case controlCharacter
            case invalidEscape
            case loneSurrogate
            case invalidUTF8
        }

        public let reason: Reason
        /// In bytes, from 0.
        public let offset: Int

        package init(reason: Reason, offset: Int) {
            self.reason = reason
            self.offset = offset
        }
    }
}

extension JSON.Failure: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSON.Failure.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedByte(let byte) where (0x21..<0x7F).contains(byte): "unexpected \(Unicode.Scalar(byte))"
        case .unexpectedByte(let byte): "unexpected byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
        case .unexpectedEnd: "unexpected end"
        case .tooDeep: "nested too deeply"
        case .duplicateName(let name): "duplicate name \(JSON.string(name).text)"
        case .numberTooLarge: "number too large"
        case .controlCharacter: "control character in a string"
        case .invalidEscape: "invalid escape"
        case .loneSurrogate: "lone surrogate"
        case .invalidUTF8: "invalid UTF-8"
        }
    }
}
