/// Where a request says which domain it is about (05-decisions).
public enum DomainSource: Sendable, Hashable {
    case none
    case query(String)
    case path(String)
    case header(String)
    /// An object of the resource directory, named by a parameter of the path.
    case object(ResourceType, parameter: String)
}

/// Of which requests the domain is checked.
public enum DomainRule: String, CaseIterable, Sendable, JSONReadable {
    case none
    case write
    case readAndWrite = "read+write"

    public func applies(toWrite isWrite: Bool) -> Bool {
        switch self {
        case .none: false
        case .write: isWrite
        case .readAndWrite: true
        }
    }
}

extension DomainSource: TextValue {
    public init(_ text: String) throws(Problem) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("none", 1): self = .none
        case ("query", 2): self = .query(try DomainSource.name(parts[1]))
        case ("path", 2): self = .path(try DomainSource.name(parts[1]))
        case ("header", 2): self = .header(try DomainSource.name(parts[1]))
        case ("object", 3): self = .object(try ResourceType(parts[1]), parameter: try DomainSource.name(parts[2]))
        default:
            throw Problem(
                .validation, "must be none, query:<name>, path:<name>, header:<name> or object:<type>:<path parameter>")
        }
    }

    public var text: String {
        switch self {
        case .none: "none"
        case .query(let name): "query:\(name)"
        case .path(let name): "path:\(name)"
        case .header(let name): "header:\(name)"
        case .object(let type, let parameter): "object:\(type):\(parameter)"
        }
    }

    /// The parameter of the path that it depends on.
    public var pathParameter: String? {
        switch self {
        case .path(let parameter), .object(_, let parameter): parameter
        case .none, .query, .header: nil
        }
    }

    /// A token of HTTP (RFC 9110 §5.6.2), of which a header's name is made and a parameter's may be.
    private static func name(_ text: String) throws(Problem) -> String {
        let isToken = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
        guard (1...100).contains(text.utf8.count), isToken else {
            throw Problem(.validation, "must name the parameter or header by 1 to 100 letters, digits, - and _")
        }
        return text
    }
}
