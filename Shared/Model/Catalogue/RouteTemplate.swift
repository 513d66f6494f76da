/// The path of a route: literal segments and parameters, as in `/rest/v2/segments/{id}`.
public struct RouteTemplate: TextValue {
    public enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    public static let maximumLength = 256

    public let text: String
    public let segments: [Segment]

    public init(_ text: String) throws(Problem) {
        guard text.utf8.count <= RouteTemplate.maximumLength, text.first == "/" else {
            throw Problem(.validation, "a path of at most \(RouteTemplate.maximumLength) characters that begins with /")
        }
        var segments: [Segment] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = Segment(part) else {
                throw Problem(.validation, "“\(part)” is neither a plain path segment nor a parameter like {id}")
            }
            if case .parameter = segment, segments.contains(segment) {
                throw Problem(.validation, "\(part) stands twice")
            }
            segments.append(segment)
        }
        guard segments.count <= RequestTarget.maximumSegments else {
            throw Problem(.validation, "a path of at most \(RequestTarget.maximumSegments) segments")
        }
        self.text = text
        self.segments = segments
    }

    /// Where a parameter stands among the segments.
    public func place(of parameter: String) -> Int? {
        segments.firstIndex(of: .parameter(parameter))
    }

    /// Templates of one shape match the same paths.
    var shape: String {
        segments.map { if case .literal(let text) = $0 { text } else { "{}" } }.joined(separator: "/")
    }
}

extension RouteTemplate.Segment {
    fileprivate init?(_ part: Substring) {
        if part.first == "{", part.last == "}" {
            let name = part.dropFirst().dropLast()
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameCharacter) else { return nil }
            self = .parameter(String(name))
        } else {
            guard !part.isEmpty, part != ".", part != "..", part.utf8.allSatisfy(Self.isUnreserved) else { return nil }
            self = .literal(String(part))
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// RFC 3986 §2.3: what never needs an escape.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
