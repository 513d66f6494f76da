/// The catalogue, compiled: each route with the numbers of what it asks for.
struct RouteRules: Sendable {
    struct Rule: Sendable {
        let route: Route
        let scope: Int
        let permissions: Permissions
        /// Where the parameter stands in the path that states the domain or the object.
        let parameter: Int?
        let isWrite: Bool
        /// `PUT /rest/v2/segments/{id}`.
        let label: String
        /// Whether Gatehouse itself answers there.
        let isOurs: Bool
    }

    enum Permissions: Sendable {
        case all(Bits)
        case any(Bits)

        func allow(_ held: Bits) -> Bool {
            switch self {
            case .all(let needed): needed.isSubset(of: held)
            case .any(let accepted): !accepted.isDisjoint(with: held)
            }
        }
    }

    let rules: [Rule]
    /// What the catalogue lists now.
    let scopes: Bits
    let permissions: Bits
    private let table: RouteTable
    /// By the number of the kind: the routes of its components.
    private let kinds: [Int: Bits]

    init(
        _ catalogue: Catalogue, scopes vocabulary: inout ScopeVocabulary, permissions: inout Interned<Permission>,
        kinds: inout Interned<ComponentKind>
    ) {
        let routes = catalogue.allRoutes
        var places: [RouteShape: Int] = [:]
        for (place, route) in routes.enumerated() { places[RouteShape(route.method, route.template)] = place }
        scopes = vocabulary.set(catalogue.allScopes.map(\.name))
        self.permissions = Bits(catalogue.allPermissions.map { permissions.intern($0.name) })
        table = RouteTable(routes.map { ($0.method, $0.template) })
        var rules: [Rule] = []
        for route in routes {
            let numbers = Bits(route.permissions.permissions.map { permissions.intern($0) })
            rules.append(
                Rule(
                    route: route, scope: vocabulary.number(of: route.scope),
                    permissions: route.permissions.isAny ? .any(numbers) : .all(numbers),
                    parameter: route.domainSource.pathParameter.flatMap(route.template.place),
                    isWrite: route.method.isWrite, label: route.description,
                    isOurs: Management.owns(route.template)))
        }
        self.rules = rules
        var byKind: [Int: Bits] = [:]
        for rule in catalogue.internalKinds {
            byKind[kinds.intern(rule.kind)] = Bits(
                rule.routes.compactMap { places[RouteShape($0.method, $0.template)] })
        }
        self.kinds = byKind
    }

    func find(_ method: Method, _ target: RequestTarget) -> Int? { table.find(method, target) }

    func allows(_ route: Int, kind: Int32) -> Bool { kinds[Int(kind)]?.contains(route) ?? false }
}
