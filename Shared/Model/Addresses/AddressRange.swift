/// Addresses of one family from `first` to `last`, written as an address, a CIDR network or `first-last`.
public struct AddressRange: TextValue {
    public let first: Address
    public let last: Address

    private init(first: Address, last: Address) {
        self.first = first
        self.last = last
    }

    public static func < (one: AddressRange, other: AddressRange) -> Bool {
        (one.first, one.last) < (other.first, other.last)
    }

    public var isIPv4: Bool { first.isIPv4 && last.isIPv4 }

    /// An IPv6 range holds no IPv4 address, however wide it is: `::/0` means all of IPv6.
    public func contains(_ address: Address) -> Bool {
        first <= address && address <= last && (isIPv4 || !address.isIPv4)
    }

    /// The range as one run of bits, or as two around the place where IPv6 maps IPv4.
    public var bounds: [AddressRanges.Bounds] {
        if isIPv4 || last < Address.ipv4.lowerBound || Address.ipv4.upperBound < first {
            return [AddressRanges.Bounds(low: first, high: last)]
        }
        let below = Address(bits: Address.ipv4.lowerBound.bits - 1)
        let above = Address(bits: Address.ipv4.upperBound.bits + 1)
        return [AddressRanges.Bounds(low: first, high: below), AddressRanges.Bounds(low: above, high: last)]
            .filter { $0.low <= $0.high }
    }
}

extension AddressRange {
    /// Reads strictly (A10) and says in words what is wrong; host bits in a network are refused, not dropped.
    public init(_ text: String) throws(Problem) {
        if let slash = text.firstIndex(of: "/") {
            self = try .network(text[..<slash], prefix: text[text.index(after: slash)...])
        } else if let dash = text.firstIndex(of: "-") {
            self = try .from(text[..<dash], to: text[text.index(after: dash)...])
        } else {
            let address = try Address(text)
            self.init(first: address, last: address)
        }
    }

    private static func network(_ text: Substring, prefix: Substring) throws(Problem) -> AddressRange {
        let address = try Address(String(text))
        guard let length = UInt8(prefix).map(Int.init), String(length) == prefix else {
            throw Problem(.validation, "has no prefix length: “\(prefix.prefix(60))” is not a plain number")
        }
        let mapped = address.isIPv4 && text.contains(":")
        let allowed = mapped ? 96...128 : address.isIPv4 ? 0...32 : 0...128
        guard allowed.contains(length) else {
            throw Problem(
                .validation,
                "has the prefix length \(length), which is not within \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        let host = UInt128.max >> (address.isIPv4 && !mapped ? length + 96 : length)
        let network = AddressRange(
            first: Address(bits: address.bits & ~host), last: Address(bits: address.bits | host))
        guard network.first == address else {
            throw Problem(.validation, "is a host inside its network; the network is \(network)")
        }
        return network
    }

    private static func from(_ first: Substring, to last: Substring) throws(Problem) -> AddressRange {
        let range = AddressRange(first: try Address(String(first)), last: try Address(String(last)))
        guard range.first.isIPv4 == range.last.isIPv4 else {
            throw Problem(.validation, "mixes IPv4 and IPv6: \(range.first) and \(range.last)")
        }
        guard range.first <= range.last else {
            throw Problem(.validation, "is reversed: \(range.last) comes before \(range.first)")
        }
        return range
    }
}

extension AddressRange {
    /// The canonical text, by which equal ranges are told: an address, a network where it is one, else `first-last`.
    public var text: String {
        guard first != last else { return first.text }
        let host = first.bits ^ last.bits
        guard host & (host &+ 1) == 0, first.bits & host == 0 else { return "\(first)-\(last)" }
        return "\(first)/\(host.leadingZeroBitCount - (isIPv4 ? 96 : 0))"
    }
}

extension AddressRange {
    /// The index of the first range that an earlier one already states.
    public static func duplicate(in ranges: [AddressRange]) -> Int? {
        var seen: Set<AddressRange> = []
        return ranges.firstIndex { !seen.insert($0).inserted }
    }
}
