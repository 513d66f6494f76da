/// What a request says in one place about one name, by which a domain may be stated.
public enum StatedParameter: Sendable, Hashable {
    case absent
    case once(String)
    /// Given twice, or not readable: two readers could take it for two values.
    case ambiguous

    /// Of all the lines of one header.
    public init(lines: [String]) {
        switch lines.count {
        case 0: self = .absent
        case 1: self = .once(lines[0])
        default: self = .ambiguous
        }
    }
}

extension RequestTarget {
    /// A parameter of the query, form-decoded; its name is compared decoded, too (`%64omain` is `domain`).
    public func query(_ name: String) -> StatedParameter {
        var stated = StatedParameter.absent
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = RequestTarget.formDecoded(parts[0]) else { return .ambiguous }
            guard key == name else { continue }
            guard stated == .absent,
                let value = RequestTarget.formDecoded(parts.count == 2 ? parts[1] : parts[0][..<parts[0].startIndex])
            else { return .ambiguous }
            stated = .once(value)
        }
        return stated
    }

    private static func formDecoded(_ text: Substring.UTF8View) -> String? {
        var plain: [UInt8] = []
        var bytes = text.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "+"):
                plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = bytes.next(), let low = bytes.next(), let byte = UInt8(escape: high, low) else {
                    return nil
                }
                plain.append(byte)
            default:
                plain.append(byte)
            }
        }
        return String(validating: plain, as: UTF8.self)
    }
}
