public import GatehouseJSON

/// What an organisation's product lets applications do: data that it loads, beside which Gatehouse's own routes stand.
///
/// What Gatehouse itself needs (`Management`) is always there, whether a catalogue lists it or not: so loading another
/// product's catalogue cannot lock its administrators out. Listing it gives it that product's words.
public struct Catalogue: Sendable, Hashable {
    public let scopes: [Described<Scope>]
    public let permissions: [Described<Permission>]
    public let routes: [Route]
    public let objectTypes: [ObjectRule]
    public let internalKinds: [InternalRule]

    public enum Limits {
        public static let names = 500
        public static let routes = 5_000
        public static let objectTypes = 200
        public static let internalKinds = 50
    }

    /// Nothing but what Gatehouse itself needs.
    public static let empty = Catalogue(scopes: [], permissions: [], routes: [], objectTypes: [], internalKinds: [])

    init(
        scopes: [Described<Scope>], permissions: [Described<Permission>], routes: [Route], objectTypes: [ObjectRule],
        internalKinds: [InternalRule]
    ) {
        self.scopes = scopes
        self.permissions = permissions
        self.routes = routes
        self.objectTypes = objectTypes
        self.internalKinds = internalKinds
    }
}

/// A name of the catalogue and what it means, in plain words.
public struct Described<Name: TextValue>: Sendable, Hashable {
    public let name: Name
    public let words: Note

    init(_ name: Name, _ words: Note) {
        self.name = name
        self.words = words
    }
}

extension Described: JSONReadable {
    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let name = fields.required("name", as: Name.self)
        let words = fields.required("words", as: Note.self)
        guard let name, let words, fields.areValid else { throw fields.problem }
        self.init(name, words)
    }

    public var json: JSON { ["name": name.json, "words": words.json] }
}

extension Catalogue {
    /// All scopes that an application can have: those listed, and Gatehouse's own.
    public var allScopes: [Described<Scope>] { scopes.joined(by: Management.scopes) }

    /// All permissions that a role can have: those listed, and Gatehouse's own.
    public var allPermissions: [Described<Permission>] { permissions.joined(by: Management.permissions) }

    /// All routes that are decided: those listed, and Gatehouse's own.
    public var allRoutes: [Route] { routes + Management.routes }
}

extension Array {
    fileprivate func joined<Name>(by own: [Element]) -> [Element] where Element == Described<Name> {
        let names = Set(map(\.name))
        return self + own.filter { !names.contains($0.name) }
    }
}
