public import GatehouseHTTP
public import GatehouseModel

/// `ETag` and `If-Match` (RFC 9110 §8.8.3, §13.1.1): a resource's tag is its revision.
public enum EntityTag {
    public static func header(_ revision: Revision) -> (String, String) { ("ETag", "\"\(revision)\"") }

    /// What `If-Match` demands.
    public enum Condition: Sendable, Equatable {
        case none
        case oneOf([Revision])

        /// Whether a resource at `revision` may be changed.
        public func allows(_ revision: Revision) -> Bool {
            switch self {
            case .none: true
            case .oneOf(let revisions): revisions.contains(revision)
            }
        }

        /// The revision to compare in SQL; nil when any will do.
        public var revisions: [Revision]? {
            if case .oneOf(let revisions) = self { revisions } else { nil }
        }
    }

    /// Tags that we never gave, weak ones included, match nothing (412 by the caller); what is no tag at all is malformed.
    public static func condition(_ request: Request) throws(Problem) -> Condition {
        let values = request.headers("If-Match")
        guard !values.isEmpty else { return .none }
        if values.count == 1, Substring(values[0]).trimmingSpace == "*" { return .none }
        var revisions: [Revision] = []
        for value in values {
            var rest = Substring(value).trimmingSpace
            while !rest.isEmpty {
                if rest.first != "," {
                    let tag = try tag(from: &rest)
                    if !tag.isWeak, let revision = revision(tag.opaque) { revisions.append(revision) }
                    guard rest.isEmpty || rest.first == "," else { throw malformed }
                }
                rest = rest.dropFirst().trimmingSpace
            }
        }
        return .oneOf(revisions)
    }

    /// Takes one tag from the front of a list (RFC 9110 §5.6.1, §8.8.3): a comma inside the quotes is the tag's own.
    private static func tag(from rest: inout Substring) throws(Problem) -> (isWeak: Bool, opaque: Substring) {
        let isWeak = rest.hasPrefix("W/")
        let quoted = isWeak ? rest.dropFirst(2) : rest
        let opaque = quoted.dropFirst().prefix { $0 != "\"" }
        guard quoted.first == "\"", opaque.endIndex < quoted.endIndex,
            opaque.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { throw malformed }
        rest = quoted[opaque.endIndex...].dropFirst().trimmingSpace
        return (isWeak, opaque)
    }

    /// As `header` writes it: no other spelling of the number.
    private static func revision(_ opaque: Substring) -> Revision? {
        guard let number = Int64(opaque), String(number) == opaque else { return nil }
        return Revision(number)
    }

    private static var malformed: Problem {
        Problem(.malformed, "If-Match takes entity tags in double quotes, as ETag gave them.")
    }
}

extension Substring {
    fileprivate var trimmingSpace: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
