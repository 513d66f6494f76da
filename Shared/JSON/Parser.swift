extension JSON {
    /// Reads exactly one value, strictly by RFC 8259; refuses what the RFC leaves open: a byte order mark, duplicate
    /// names, lone surrogates, numbers beyond a double, and more than `depth` arrays and objects within each other.
    public init(parsing text: UnsafeBufferPointer<UInt8>, depth: Int = 64) throws(Failure) {
        var parser = Parser(text)
        self = try parser.document(depth: depth)
    }

    public init(parsing text: [UInt8], depth: Int = 64) throws(Failure) {
        self = try text.withUnsafeBufferPointer { bytes throws(Failure) in try JSON(parsing: bytes, depth: depth) }
    }

    public init(parsing text: String, depth: Int = 64) throws(Failure) {
        try self.init(parsing: Array(text.utf8), depth: depth)
    }
}

/// One pass over the bytes; `position` is the next one.
private struct Parser {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func document(depth: Int) throws(JSON.Failure) -> JSON {
        let value = try value(depth: depth)
        skipSpace()
        guard next == nil else { throw unexpected() }
        return value
    }

    private mutating func value(depth: Int) throws(JSON.Failure) -> JSON {
        skipSpace()
        guard let byte = next else { throw unexpected() }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected()
        }
    }

    private mutating func object(depth: Int) throws(JSON.Failure) -> JSON.Object {
        guard depth > 0 else { throw failure(.tooDeep) }
        var object = JSON.Object()
        position += 1
        skipSpace()
        if take("}") { return object }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw unexpected() }
            let start = position
            let name = try string()
            skipSpace()
            try expect(":")
            guard object.add(name, try value(depth: depth - 1)) else {
                throw failure(.duplicateName(name), at: start)
            }
            skipSpace()
        } while take(",")
        try expect("}")
        return object
    }

    private mutating func array(depth: Int) throws(JSON.Failure) -> [JSON] {
        guard depth > 0 else { throw failure(.tooDeep) }
        var elements: [JSON] = []
        position += 1
        skipSpace()
        if take("]") { return elements }
        repeat {
            elements.append(try value(depth: depth - 1))
            skipSpace()
        } while take(",")
        try expect("]")
        return elements
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.Failure) -> JSON {
        for offset in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[offset] else { throw unexpected() }
            position += 1
        }
        return value
    }
}

// Numbers (§6).
extension Parser {
    private mutating func number() throws(JSON.Failure) -> JSON {
        let start = position
        var isInteger = true
        _ = take("-")
        if !take("0") { try skipDigits() }
        if take(".") {
            isInteger = false
            try skipDigits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            try skipDigits()
        }
        let spelling = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(spelling) { return .integer(integer) }
        guard let number = Double(spelling), number.isFinite else { throw failure(.numberTooLarge, at: start) }
        return .number(number)
    }

    private mutating func skipDigits() throws(JSON.Failure) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw unexpected() }
    }
}

// Strings (§7).
extension Parser {
    private mutating func string() throws(JSON.Failure) -> String {
        position += 1
        let start = position
        try skipPlain()
        if next == UInt8(ascii: "\"") {
            let plain = UnsafeBufferPointer(rebasing: text[start..<position])
            position += 1
            return try decoded(plain, from: start)
        }
        var bytes = Array(text[start..<position])
        while !take("\"") {
            if take("\\") {
                try appendEscaped(to: &bytes)
            } else {
                let run = position
                try skipPlain()
                bytes.append(contentsOf: text[run..<position])
            }
        }
        return try bytes.withUnsafeBufferPointer { bytes throws(JSON.Failure) in try decoded(bytes, from: start) }
    }

    private func decoded(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSON.Failure) -> String {
        // Most strings are ASCII, and need no validation, which costs five times as much.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw failure(.invalidUTF8, at: start) }
        return string
    }

    /// Up to the next quote or backslash, which is there.
    private mutating func skipPlain() throws(JSON.Failure) {
        while let byte = next {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw failure(.controlCharacter) }
            position += 1
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func appendEscaped(to bytes: inout [UInt8]) throws(JSON.Failure) {
        guard let byte = next else { throw failure(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: Character(try escapedScalar()).utf8)
        default: throw failure(.invalidEscape, at: position - 2)
        }
    }

    /// What follows `\u`: four digits, or a pair of surrogates.
    private mutating func escapedScalar() throws(JSON.Failure) -> Unicode.Scalar {
        let start = position - 2
        var code = UInt32(try hexadecimal())
        if (0xD800..<0xDC00).contains(code) {
            guard take("\\"), take("u") else { throw failure(.loneSurrogate, at: start) }
            let low = UInt32(try hexadecimal())
            guard (0xDC00..<0xE000).contains(low) else { throw failure(.loneSurrogate, at: start) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSON.Failure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw failure(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure(.invalidEscape) }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}

// Single bytes.
extension Parser {
    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSON.Failure) {
        guard take(character) else { throw unexpected() }
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func unexpected() -> JSON.Failure { failure(next.map { .unexpectedByte($0) } ?? .unexpectedEnd) }

    private func failure(_ reason: JSON.Failure.Reason, at offset: Int? = nil) -> JSON.Failure {
        JSON.Failure(reason: reason, offset: offset ?? position)
    }
}
