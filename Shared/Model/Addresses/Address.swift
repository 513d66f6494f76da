/// An IP address as 128 bits; IPv4 stands where IPv6 maps it (`::ffff:a.b.c.d`), so the two spellings are one value.
public struct Address: TextValue {
    public let bits: UInt128

    public init(bits: UInt128) {
        self.bits = bits
    }

    /// The 16 bytes in network order, as PostgreSQL and sockets have them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        bits = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * $0)) }
    }

    public var isIPv4: Bool { Address.ipv4.contains(self) }

    /// Where IPv6 maps IPv4. NAT64, 6to4 and the old IPv4-compatible addresses stay IPv6.
    static let ipv4 = Address(bits: 0xFFFF_0000_0000)...Address(bits: 0xFFFF_FFFF_FFFF)
}

extension Address {
    public static func < (one: Address, other: Address) -> Bool {
        one.bits < other.bits
    }
}
