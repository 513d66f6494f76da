/// The checksum of zip, PNG and Ethernet (CRC-32/ISO-HDLC).
enum CRC32 {
    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for index in bytes.indices {
            remainder = remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ bytes[index])]
        }
        return ~remainder
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}
