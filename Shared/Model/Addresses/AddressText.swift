extension Address {
    /// Reads the strict forms only: four decimal octets without leading zeros, or RFC 4291 §2.2 without a zone id.
    public init(_ text: String) throws(Problem) {
        if let octets = Address.dotted(text.utf8) {
            bits = Address.ipv4.lowerBound.bits | octets
        } else if let groups = Address.colons(text.utf8) {
            bits = groups
        } else {
            throw Problem(.validation, Address.fault(of: text))
        }
    }

    private static func fault(of text: String) -> String {
        if text.isEmpty { return "must be an IPv4 or IPv6 address" }
        if text.utf8.contains(UInt8(ascii: "%")) { return "has a zone id, which names an interface of one machine" }
        if dotted(text.utf8, leadingZeros: true) != nil { return "has leading zeros, which some read as octal" }
        return "must be an IPv4 or IPv6 address; “\(text.prefix(60))” is neither"
    }
}

extension Address {
    /// The canonical text: dotted for IPv4, RFC 5952 for IPv6.
    public var text: String {
        isIPv4 ? dotted : colons
    }

    private var dotted: String {
        [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: bits >> $0)) }.joined(separator: ".")
    }

    private var colons: String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
        let hexadecimal = { (part: Range<Int>) in groups[part].map { String($0, radix: 16) }.joined(separator: ":") }
        guard let zeros = Address.longestZeros(in: groups) else { return hexadecimal(0..<8) }
        return hexadecimal(0..<zeros.lowerBound) + "::" + hexadecimal(zeros.upperBound..<8)
    }

    /// The run that `::` stands for: the longest of at least two groups, the first of equals (RFC 5952 §4.2).
    private static func longestZeros(in groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest.count > 1 ? longest : nil
    }
}

// MARK: - Reading

extension Address {
    private static func dotted(_ text: some Collection<UInt8>, leadingZeros: Bool = false) -> UInt128? {
        var octets: UInt128 = 0
        var dots = 0
        var octet: UInt128?
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard let value = octet, dots < 3 else { return nil }
                octets = octets << 8 | value
                octet = nil
                dots += 1
            } else {
                guard let digit = byte.hexadecimalDigit, digit < 10, octet != 0 || leadingZeros else { return nil }
                let value = (octet ?? 0) * 10 + UInt128(digit)
                guard value < 256 else { return nil }
                octet = value
            }
        }
        guard let octet, dots == 3 else { return nil }
        return octets << 8 | octet
    }

    /// Eight groups, or fewer around one `::`, which stands for at least one group of zeros.
    private static func colons(_ text: some Collection<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var gap = text.startIndex
        while gap < text.endIndex {
            let next = text.index(after: gap)
            if text[gap] == colon, next < text.endIndex, text[next] == colon {
                guard let head = groups(text[..<gap], dottedEnd: false),
                    let tail = groups(text[text.index(after: next)...], dottedEnd: true),
                    head.count + tail.count < 8
                else { return nil }
                return head.count == 0 ? tail.bits : head.bits << (128 - 16 * head.count) | tail.bits
            }
            gap = next
        }
        guard let all = groups(text[...], dottedEnd: true), all.count == 8 else { return nil }
        return all.bits
    }

    /// One to four hexadecimal digits each, between colons; the last two groups may be written as IPv4.
    private static func groups(
        _ text: some Collection<UInt8>, dottedEnd: Bool
    ) -> (bits: UInt128, count: Int)? {
        var bits: UInt128 = 0
        var count = 0
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            let group = rest[..<end]
            if end == rest.endIndex, dottedEnd, let octets = dotted(group) {
                return count <= 6 ? (bits << 32 | octets, count + 2) : nil
            }
            guard let value = group16(group), count < 8 else { return nil }
            bits = bits << 16 | value
            count += 1
            guard end != rest.endIndex else { break }
            rest = rest[rest.index(after: end)...]
            if rest.isEmpty { return nil }
        }
        return (bits, count)
    }

    private static func group16(_ text: some Collection<UInt8>) -> UInt128? {
        var value: UInt128 = 0
        var digits = 0
        for byte in text {
            guard let digit = byte.hexadecimalDigit, digits < 4 else { return nil }
            value = value << 4 | UInt128(digit)
            digits += 1
        }
        return digits > 0 ? value : nil
    }
}
