/// Base64 with the URL's alphabet and no padding (RFC 4648 §5, RFC 7515 §2), in exactly one form for any bytes.
public enum Base64URL {
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: encodedSize(bytes.count)) { output, filled in
            filled = bytes.withUnsafeBufferPointer { write($0, to: output) }
        }
    }

    /// The same as text.
    public static func text(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: encodedSize(bytes.count)) { output in
            bytes.withUnsafeBufferPointer { write($0, to: output) }
        }
    }

    /// `nil` for padding, space, any other foreign character, an impossible length, or bits after the last byte that are not zero.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    public static func decode(_ characters: [UInt8]) -> [UInt8]? { decode(characters[...]) }

    public static func decode(_ characters: ArraySlice<UInt8>) -> [UInt8]? {
        characters.withUnsafeBufferPointer { decode($0) }
    }

    /// The number of characters for so many bytes.
    static func encodedSize(_ count: Int) -> Int { count / 3 * 4 + [0, 2, 3][count % 3] }

    static func decode(_ characters: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let rest = characters.count % 4
        guard rest != 1 else { return nil }
        let size = characters.count / 4 * 3 + max(0, rest - 1)
        var foreign: UInt8 = 0  // the values' upper bits: any that is set was not of the alphabet
        var spare: UInt32 = 0  // the bits after the last byte
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { output, filled in
            values.withUnsafeBufferPointer { values in
                func value(_ index: Int) -> UInt32 {
                    let value = values[Int(characters[index])]
                    foreign |= value
                    return UInt32(value & 63)
                }
                var input = 0
                while input + 4 <= characters.count {
                    let group =
                        value(input) << 18 | value(input + 1) << 12 | value(input + 2) << 6 | value(input + 3)
                    output[filled] = UInt8(truncatingIfNeeded: group >> 16)
                    output[filled + 1] = UInt8(truncatingIfNeeded: group >> 8)
                    output[filled + 2] = UInt8(truncatingIfNeeded: group)
                    input += 4
                    filled += 3
                }
                if rest == 2 {
                    let group = value(input) << 6 | value(input + 1)
                    output[filled] = UInt8(truncatingIfNeeded: group >> 4)
                    spare = group & 0b1111
                } else if rest == 3 {
                    let group = value(input) << 12 | value(input + 1) << 6 | value(input + 2)
                    output[filled] = UInt8(truncatingIfNeeded: group >> 10)
                    output[filled + 1] = UInt8(truncatingIfNeeded: group >> 2)
                    spare = group & 0b11
                }
                filled = size
            }
        }
        return foreign & 0xC0 == 0 && spare == 0 ? bytes : nil
    }

    /// Writes into a buffer that is large enough, and tells how many characters.
    static func write(_ bytes: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        alphabet.withUTF8Buffer { alphabet in
            func character(_ bits: UInt32) -> UInt8 { alphabet[Int(bits & 63)] }
            var input = 0
            var filled = 0
            while input + 3 <= bytes.count {
                let group = UInt32(bytes[input]) << 16 | UInt32(bytes[input + 1]) << 8 | UInt32(bytes[input + 2])
                output[filled] = character(group >> 18)
                output[filled + 1] = character(group >> 12)
                output[filled + 2] = character(group >> 6)
                output[filled + 3] = character(group)
                input += 3
                filled += 4
            }
            switch bytes.count - input {
            case 1:
                let group = UInt32(bytes[input]) << 4
                output[filled] = character(group >> 6)
                output[filled + 1] = character(group)
                filled += 2
            case 2:
                let group = (UInt32(bytes[input]) << 8 | UInt32(bytes[input + 1])) << 2
                output[filled] = character(group >> 12)
                output[filled + 1] = character(group >> 6)
                output[filled + 2] = character(group)
                filled += 3
            default: break
            }
            return filled
        }
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// Each character's six bits; 0xFF for those outside the alphabet.
    private static let values: [UInt8] = alphabet.withUTF8Buffer { alphabet in
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }
}
