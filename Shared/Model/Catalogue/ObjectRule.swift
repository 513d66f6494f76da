public import GatehouseJSON

/// What may be done to the objects of one type of the resource directory, for callers that ask by object and not by route.
public struct ObjectRule: Sendable, Hashable {
    public struct Action: Sendable, Hashable {
        public let name: ActionName
        /// A write to an object in several domains needs all of them, a read one (A8).
        public let isWrite: Bool
        public let scope: Scope
        public let permissions: PermissionRule
        public let domainRule: DomainRule
    }

    public let type: ResourceType
    public let actions: [Action]
}

extension ObjectRule: JSONReadable {
    static let maximumActions = 50

    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let type = fields.required("type", as: ResourceType.self)
        let actions = fields.required("actions", as: [Action].self, atMost: Self.maximumActions)
        for repeated in (actions ?? []).repeated(by: \.name) {
            fields.refuse("actions[\(repeated)].name", "is listed twice")
        }
        guard let type, let actions, fields.areValid else { throw fields.problem }
        self.type = type
        self.actions = actions
    }

    public var json: JSON {
        ["type": type.json, "actions": .array(actions.map(\.json))]
    }
}

extension ObjectRule.Action: JSONReadable {
    private enum Access: String, CaseIterable, JSONReadable {
        case read
        case write
    }

    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let name = fields.required("name", as: ActionName.self)
        let access = fields.required("access", as: Access.self)
        let scope = fields.required("scope", as: Scope.self)
        let permissions = fields.required("permission", as: PermissionRule.self)
        let rule = fields.optional("domain_rule", as: DomainRule.self)
        guard let name, let access, let scope, let permissions, fields.areValid else { throw fields.problem }
        self.name = name
        isWrite = access == .write
        self.scope = scope
        self.permissions = permissions
        domainRule = rule ?? .readAndWrite
    }

    public var json: JSON {
        [
            "name": name.json, "access": .string((isWrite ? Access.write : .read).rawValue), "scope": scope.json,
            "permission": permissions.json, "domain_rule": .string(domainRule.rawValue),
        ]
    }
}
