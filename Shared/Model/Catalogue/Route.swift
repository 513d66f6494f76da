public import GatehouseJSON

/// A part of an API that applications may be allowed to call, and what that takes.
public struct Route: Sendable, Hashable {
    public let method: Method
    public let template: RouteTemplate
    public let scope: Scope
    public let permissions: PermissionRule
    public let domainSource: DomainSource
    public let domainRule: DomainRule

    public init(
        method: Method, template: RouteTemplate, scope: Scope, permissions: PermissionRule,
        domainSource: DomainSource = .none, domainRule: DomainRule = .none
    ) {
        self.method = method
        self.template = template
        self.scope = scope
        self.permissions = permissions
        self.domainSource = domainSource
        self.domainRule = domainRule
    }
}

/// What tells one route from another: its method, and the shape of its path.
struct RouteShape: Hashable {
    let method: Method
    let path: String

    init(_ method: Method, _ template: RouteTemplate) {
        self.method = method
        path = template.shape
    }
}

extension Route: CustomStringConvertible {
    public var description: String { "\(method.rawValue) \(template)" }
}

extension Method: JSONReadable {}

extension Route: JSONReadable {
    /// `permission` must be there, and may be null; the rule is `read+write` where it is not stated (A8).
    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let method = fields.required("method", as: Method.self)
        let template = fields.required("path", as: RouteTemplate.self)
        let scope = fields.required("scope", as: Scope.self)
        let permissions = fields.required("permission", as: PermissionRule.self)
        let source = fields.required("domain_source", as: DomainSource.self)
        let rule = fields.optional("domain_rule", as: DomainRule.self)
        if let template, let parameter = source?.pathParameter, template.place(of: parameter) == nil {
            fields.refuse("domain_source", "must name a parameter of the path")
        }
        if let source, let rule, (source == DomainSource.none) != (rule == DomainRule.none) {
            fields.refuse("domain_rule", "must be none if, and only if, the source is none")
        }
        guard let method, let template, let scope, let permissions, let source, fields.areValid else {
            throw fields.problem
        }
        self.init(
            method: method, template: template, scope: scope, permissions: permissions,
            domainSource: source, domainRule: rule ?? (source == DomainSource.none ? .none : .readAndWrite))
    }

    public var json: JSON {
        [
            "method": .string(method.rawValue), "path": template.json, "scope": scope.json,
            "permission": permissions.json, "domain_source": domainSource.json,
            "domain_rule": .string(domainRule.rawValue),
        ]
    }
}
