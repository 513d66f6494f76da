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
        let tags: [Substring] = values.flatMap { $0.split(separator: ",") }
        if tags.count == 1, tags[0].trimmingSpace == "*" { return .none }
        var revisions: [Revision] = []
        for tag in tags {
            var opaque = tag.trimmingSpace
            let weak = opaque.hasPrefix("W/")
            if weak { opaque = opaque.dropFirst(2) }
            guard opaque.count >= 2, opaque.hasPrefix("\""), opaque.hasSuffix("\"") else {
                throw Problem(.malformed, "If-Match takes entity tags in double quotes, as ETag gave them.")
            }
            if !weak, let number = Int64(opaque.dropFirst().dropLast()) { revisions.append(Revision(number)) }
        }
        return .oneOf(revisions)
    }
}

extension Substring {
    fileprivate var trimmingSpace: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
