public import GatehouseJSON

/// The fixed list of routes that the product's own components of one kind may call (F8).
public struct InternalRule: Sendable, Hashable {
    public struct Target: Sendable, Hashable {
        public let method: Method
        public let template: RouteTemplate
    }

    public let kind: ComponentKind
    public let routes: [Target]
}

extension InternalRule: JSONReadable {
    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let kind = fields.required("kind", as: ComponentKind.self)
        let routes = fields.required("routes", as: [Target].self, atMost: Catalogue.Limits.routes)
        guard let kind, let routes, fields.areValid else { throw fields.problem }
        self.kind = kind
        self.routes = routes
    }

    public var json: JSON {
        ["kind": kind.json, "routes": .array(routes.map(\.json))]
    }
}

extension InternalRule.Target: JSONReadable {
    public init(json: JSON) throws(Problem) {
        var fields = try Fields(json)
        let method = fields.required("method", as: Method.self)
        let template = fields.required("path", as: RouteTemplate.self)
        guard let method, let template, fields.areValid else { throw fields.problem }
        self.method = method
        self.template = template
    }

    public var json: JSON {
        ["method": .string(method.rawValue), "path": template.json]
    }
}
