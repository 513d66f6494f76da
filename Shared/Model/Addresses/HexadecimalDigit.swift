extension UInt8 {
    /// The value of this byte as an ASCII hexadecimal digit.
    var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The byte that `%` with these two digits stands for (RFC 3986 §2.1).
    init?(escape high: UInt8, _ low: UInt8) {
        guard let high = high.hexadecimalDigit, let low = low.hexadecimalDigit else { return nil }
        self = high << 4 | low
    }
}
