import Foundation
import GatehouseJSON
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test func `what is written is read back`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let value = JSON.random(depth: 5, using: &random)
            #expect(try JSON(parsing: value.bytes) == value)
        }
    }

    @Test func `Foundation reads what is written, and means the same`() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<1_000 {
            let value = JSON.random(depth: 4, using: &random)
            #expect(try JSON(foundation: value.bytes).isLike(value), "\(value.text)")
        }
    }

    /// Broken texts never trap; what is accepted is accepted by Foundation, too, with the same meaning.
    @Test func `fuzz`() throws {
        var random = SeededRandom(seed: 3)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = JSON.random(depth: 3, using: &random).bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) { bytes.damage(using: &random) }
            guard let value = try? JSON(parsing: bytes) else { continue }
            accepted += 1
            #expect(try JSON(parsing: value.bytes) == value)
            #expect(try JSON(foundation: bytes).isLike(value), "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 500)
    }

    @Test func `bytes without any order never trap`() {
        var random = SeededRandom(seed: 4)
        let alphabet = Array(#"{}[]",:\u0019eE+-.truefalsn "#.utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xED, 0xF0, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            if let value = try? JSON(parsing: bytes) { #expect((try? JSON(parsing: value.bytes)) == value) }
        }
    }
}

extension JSON {
    fileprivate static func random(depth: Int, using random: inout SeededRandom) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64(bitPattern: random.next()) >> Int.random(in: 0..<64, using: &random))
        case 3: .number(Double.random(in: -1e6...1e6, using: &random))
        case 4, 5: .string(String.random(using: &random))
        case 6:
            .array((0..<Int.random(in: 0...5, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            .object(
                Object(
                    (0..<Int.random(in: 0...20, using: &random)).map { _ in
                        (String.random(using: &random), .random(depth: depth - 1, using: &random))
                    }))
        }
    }

    fileprivate init(foundation bytes: [UInt8]) throws {
        self.init(any: try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed))
    }

    private init(any: Any) {
        switch any {
        case let value as NSNumber where String(cString: value.objCType) == "c": self = .bool(value.boolValue)
        case let value as NSNumber: self = .number(value.doubleValue)
        case let value as String: self = .string(value)
        case let values as [Any]: self = .array(values.map(JSON.init(any:)))
        case let members as [String: Any]: self = .object(Object(members.map { ($0.key, JSON(any: $0.value)) }))
        default: self = .null
        }
    }

    /// Equal, but for the last bit of a number: Foundation on Linux goes by way of `Decimal`.
    fileprivate func isLike(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isLike($1) }
        case (.object(let left), .object(let right)):
            left.members.count == right.members.count
                && left.members.allSatisfy { name, value in right[name].map(value.isLike) ?? false }
        default:
            if let number, let other = other.number {
                abs(number - other) <= abs(number) * 1e-15
            } else {
                self == other
            }
        }
    }
}

extension String {
    fileprivate static func random(using random: inout SeededRandom) -> String {
        let scalars = "abcXYZ019 _-/\"\\\n\t\u{0}\u{1F}\u{7F}é€😀\u{2028}"  // No U+FEFF: Foundation drops it.
        return String(
            String.UnicodeScalarView(
                (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                    scalars.unicodeScalars.randomElement(using: &random)
                }))
    }
}

extension [UInt8] {
    fileprivate mutating func damage(using random: inout SeededRandom) {
        guard let place = indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: self[place] = UInt8.random(in: 0...255, using: &random)
        case 1: remove(at: place)
        case 2: insert(#"{}[]",:\0e-. "#.utf8.randomElement(using: &random) ?? 0, at: place)
        default: self[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
    }
}
