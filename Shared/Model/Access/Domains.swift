public import GatehouseJSON

/// The domains that a user may reach (F45).
public enum Domains: Sendable, Hashable {
    case all
    case some(Set<DomainName>)

    public static let none = Domains.some([])

    public func contains(_ domain: DomainName) -> Bool {
        switch self {
        case .all: true
        case .some(let domains): domains.contains(domain)
        }
    }

    /// Whether whoever has these lacks none of the others.
    public func contains(_ others: Domains) -> Bool {
        switch (self, others) {
        case (.all, _): true
        case (.some, .all): false
        case (.some(let mine), .some(let others)): others.isSubset(of: mine)
        }
    }

    /// In order; nil for all.
    public var names: [DomainName]? {
        switch self {
        case .all: nil
        case .some(let domains): domains.sorted()
        }
    }
}

/// In JSON: `"all"`, or a list.
extension Domains: JSONReadable {
    public static let maximumNames = 200
    /// Of all names, joined by one byte each: they travel in one header.
    public static let maximumBytes = 8_192

    public init(json: JSON) throws(Problem) {
        if json == "all" {
            self = .all
            return
        }
        guard let elements = json.array else { throw Problem(.validation, "must be “all” or a list of domains") }
        guard elements.count <= Domains.maximumNames else {
            throw Problem(.validation, "must have at most \(Domains.maximumNames) elements")
        }
        let names = try [DomainName](json: json)
        if let again = names.repeated(by: \.self).first { throw Problem(field: "[\(again)]", "is listed twice") }
        guard names.reduce(names.count - 1, { $0 + $1.text.utf8.count }) <= Domains.maximumBytes else {
            throw Problem(.validation, "must have at most \(Domains.maximumBytes) bytes in all")
        }
        self = .some(Set(names))
    }

    public var json: JSON {
        names.map { .array($0.map(\.json)) } ?? "all"
    }
}

extension Domains: CustomStringConvertible {
    /// As in `X-Gatehouse-Domains`: `*` for all, nothing for none.
    public var description: String {
        names.map { $0.map(\.text).joined(separator: " ") } ?? "*"
    }
}
