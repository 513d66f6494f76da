public import GatehouseJSON

extension Catalogue: JSONReadable {
    /// Names every field that is wrong, what points nowhere included.
    public init(json: JSON) throws(Problem) {
        try self.init(Fields(json))
    }

    /// The body of a request, or a file.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        try self.init(Fields(parsing: bytes))
    }

    private init(_ fields: Fields) throws(Problem) {
        var fields = fields
        let scopes = fields.required("scopes", as: [Described<Scope>].self, atMost: Limits.names)
        let permissions = fields.required("permissions", as: [Described<Permission>].self, atMost: Limits.names)
        let routes = fields.required("routes", as: [Route].self, atMost: Limits.routes)
        let types = fields.required("object_types", as: [ObjectRule].self, atMost: Limits.objectTypes)
        let kinds = fields.required("internal_kinds", as: [InternalRule].self, atMost: Limits.internalKinds)
        guard let scopes, let permissions, let routes, let types, let kinds else { throw fields.problem }
        self.init(
            scopes: scopes, permissions: permissions, routes: routes, objectTypes: types, internalKinds: kinds)
        refuseRepetitions(in: &fields)
        refuseUnknownNames(in: &fields)
        try fields.finish()
    }

    public var json: JSON {
        [
            "scopes": .array(scopes.map(\.json)), "permissions": .array(permissions.map(\.json)),
            "routes": .array(routes.map(\.json)), "object_types": .array(objectTypes.map(\.json)),
            "internal_kinds": .array(internalKinds.map(\.json)),
        ]
    }
}

extension Catalogue {
    private func refuseRepetitions(in fields: inout Fields) {
        for index in scopes.repeated(by: \.name) { fields.refuse("scopes[\(index)].name", "is listed twice") }
        for index in permissions.repeated(by: \.name) { fields.refuse("permissions[\(index)].name", "is listed twice") }
        for index in routes.repeated(by: { RouteShape($0.method, $0.template) }) {
            fields.refuse("routes[\(index)].path", "has the method and shape of an earlier route")
        }
        for index in objectTypes.repeated(by: \.type) {
            fields.refuse("object_types[\(index)].type", "is listed twice")
        }
        for index in internalKinds.repeated(by: \.kind) {
            fields.refuse("internal_kinds[\(index)].kind", "is listed twice")
        }
    }

    private func refuseUnknownNames(in fields: inout Fields) {
        let names = Known(self)
        for (index, route) in routes.enumerated() {
            let field = "routes[\(index)]"
            names.check(route.scope, route.permissions, at: field, in: &fields)
            if Management.owns(route.template) { fields.refuse("\(field).path", "is a place of Gatehouse's own") }
            if case .object(let type, _) = route.domainSource, !names.types.contains(type) {
                fields.refuse("\(field).domain_source", "names a type that is not in object_types")
            }
        }
        for (index, type) in objectTypes.enumerated() {
            for (place, action) in type.actions.enumerated() {
                names.check(
                    action.scope, action.permissions, at: "object_types[\(index)].actions[\(place)]", in: &fields)
            }
        }
        for (index, kind) in internalKinds.enumerated() {
            for (place, route) in kind.routes.enumerated()
            where !names.routes.contains(RouteShape(route.method, route.template)) {
                fields.refuse("internal_kinds[\(index)].routes[\(place)]", "is not one of the routes")
            }
        }
    }

    /// What routes, actions and kinds can point at.
    private struct Known {
        let scopes: Set<Scope>
        let permissions: Set<Permission>
        let types: Set<ResourceType>
        let routes: Set<RouteShape>

        init(_ catalogue: Catalogue) {
            scopes = Set(catalogue.allScopes.map(\.name))
            permissions = Set(catalogue.allPermissions.map(\.name))
            types = Set(catalogue.objectTypes.map(\.type))
            routes = Set(catalogue.routes.map { RouteShape($0.method, $0.template) })
        }

        func check(_ scope: Scope, _ rule: PermissionRule, at field: String, in fields: inout Fields) {
            if !scopes.contains(scope) { fields.refuse("\(field).scope", "is not in scopes") }
            for permission in rule.permissions where !permissions.contains(permission) {
                fields.refuse("\(field).permission", "\(permission) is not in permissions")
            }
        }
    }
}
