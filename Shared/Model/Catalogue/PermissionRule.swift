public import GatehouseJSON

/// Which permissions of the user a route asks for.
public enum PermissionRule: Sendable, Hashable {
    /// Of none at all, this asks for nothing.
    case all([Permission])
    case any([Permission])

    /// The scope alone decides.
    public static let none = PermissionRule.all([])

    public static func one(_ permission: Permission) -> PermissionRule { .all([permission]) }

    public var isAny: Bool {
        switch self {
        case .all: false
        case .any: true
        }
    }

    public var permissions: [Permission] {
        switch self {
        case .all(let permissions), .any(let permissions): permissions
        }
    }
}

/// In JSON: `null`, a permission, `{"all":[…]}` or `{"any":[…]}`.
extension PermissionRule: JSONReadable {
    static let maximumPermissions = 50

    public init(json: JSON) throws(Problem) {
        guard !json.isNull else {
            self = .none
            return
        }
        guard json.object != nil else {
            self = .one(try Permission(json: json))
            return
        }
        var fields = try Fields(json)
        let all = fields.optional("all", as: [Permission].self, atMost: Self.maximumPermissions)
        let any = fields.optional("any", as: [Permission].self, atMost: Self.maximumPermissions)
        try fields.finish()
        switch (all, any) {
        case (let all?, nil) where !all.isEmpty: self = .all(all)
        case (nil, let any?) where !any.isEmpty: self = .any(any)
        default: throw Problem(.validation, "must be null, a permission, or a list of them as either all or any")
        }
    }

    public var json: JSON {
        switch self {
        case .all(let permissions) where permissions.isEmpty: nil
        case .all(let permissions) where permissions.count == 1: permissions[0].json
        case .all(let permissions): ["all": .array(permissions.map(\.json))]
        case .any(let permissions): ["any": .array(permissions.map(\.json))]
        }
    }
}
