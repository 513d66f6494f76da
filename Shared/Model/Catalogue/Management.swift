/// What Gatehouse itself needs of every catalogue: the scopes, permissions and routes of its own management API (03).
public enum Management {
    public static let scopes: [Described<Scope>] = [
        described("read:applications", "See applications and their settings"),
        described("write:applications", "Create, change and delete applications, and make new secrets"),
        described("read:access", "See users, roles, domains, the general IP allow-list and the catalogue"),
        described("write:access", "Change users, roles, domains, the general IP allow-list and the catalogue"),
        described("read:audit-events", "Read the audit event log and the activity stream"),
        described("introspect:tokens", "Ask whether any application's token is valid"),
    ]

    public static let permissions: [Described<Permission>] = [
        described("MANAGE_APPLICATIONS", "Manage applications"),
        described("AUTHORIZE_APPLICATIONS", "Authorize applications to act in one's name"),
        described("MANAGE_USERS", "Manage users"),
        described("MANAGE_ROLES", "Manage roles and domains"),
        described("MANAGE_IP_BASED_ACCESS_SETTINGS", "Manage the general IP allow-list"),
        described("READ_AUDIT_EVENTS", "Read the audit event log and the activity stream"),
    ]

    public static let routes: [Route] = applications + access + audit

    /// No catalogue may put a route where Gatehouse answers itself.
    static func owns(_ template: RouteTemplate) -> Bool {
        guard case .literal(let first) = template.segments.first else { return true }
        return own.contains(first)
    }

    /// Whether Gatehouse itself answers at a path, as it was sent.
    public static func owns(path: String) -> Bool {
        path.hasPrefix("/") && own.contains(String(path.dropFirst().prefix { $0 != "/" && $0 != "?" }))
    }

    /// The first segments of our own paths.
    private static let own: Set<String> = [
        "api", "oauth", ".well-known", "login", "logout", "account", "assets", "logos", "_gatehouse",
    ]
}

extension Management {
    private static let applications: [Route] = {
        let manage = PermissionRule.one(constant("MANAGE_APPLICATIONS"))
        let read = route(scope: "read:applications", manage)
        let write = route(scope: "write:applications", manage)
        return [
            read(.get, "/applications"),
            write(.post, "/applications"),
            read(.get, "/applications/{client_id}"),
            write(.patch, "/applications/{client_id}"),
            write(.delete, "/applications/{client_id}"),
            write(.post, "/applications/{client_id}/secret"),
            write(.post, "/applications/{client_id}/revoke-tokens"),
            read(.get, "/applications/{client_id}/logo"),
            write(.put, "/applications/{client_id}/logo"),
            write(.delete, "/applications/{client_id}/logo"),
            read(.get, "/icons"),
        ]
    }()

    private static let access: [Route] = users + roles + networks + catalogue + objects

    private static let users: [Route] = {
        let manage = PermissionRule.one(constant("MANAGE_USERS"))
        let read = route(scope: "read:access", manage)
        let write = route(scope: "write:access", manage)
        return [
            read(.get, "/users"),
            write(.post, "/users"),
            read(.get, "/users/{id}"),
            write(.patch, "/users/{id}"),
            write(.delete, "/users/{id}"),
            write(.put, "/users/{id}/password"),
            write(.post, "/users/{id}/invitation"),
            read(.get, "/users/{id}/grants"),
            write(.delete, "/grants/{id}"),
        ]
    }()

    private static let roles: [Route] = {
        let manage = PermissionRule.one(constant("MANAGE_ROLES"))
        let read = route(scope: "read:access", manage)
        let write = route(scope: "write:access", manage)
        return [
            read(.get, "/roles"),
            write(.post, "/roles"),
            read(.get, "/roles/{name}"),
            write(.put, "/roles/{name}"),
            write(.delete, "/roles/{name}"),
            read(.get, "/domains"),
            write(.post, "/domains"),
            write(.delete, "/domains/{name}"),
        ]
    }()

    /// Testing a list changes nothing, though it is a POST.
    private static let networks: [Route] = {
        let manage = PermissionRule.one(constant("MANAGE_IP_BASED_ACCESS_SETTINGS"))
        let read = route(scope: "read:access", manage)
        let write = route(scope: "write:access", manage)
        return [
            read(.get, "/ip-ranges"),
            write(.put, "/ip-ranges"),
            read(.post, "/ip-ranges/test"),
        ]
    }()

    private static let catalogue: [Route] = {
        let managers: [Permission] = [
            constant("MANAGE_USERS"), constant("MANAGE_ROLES"), constant("MANAGE_IP_BASED_ACCESS_SETTINGS"),
        ]
        return [
            route(scope: "read:access", .any(managers))(.get, "/catalogue"),
            route(scope: "write:access", .all(managers))(.put, "/catalogue"),
        ]
    }()

    /// The domains of an object are checked by the directory itself, which knows the old and the new ones.
    private static let objects: [Route] = {
        let write = route(scope: "write:access", .none)
        return [
            write(.put, "/objects/{type}/{id}"),
            write(.delete, "/objects/{type}/{id}"),
        ]
    }()

    private static let audit: [Route] = {
        let read = route(scope: "read:audit-events", .one(constant("READ_AUDIT_EVENTS")))
        return [
            read(.get, "/audit-events"),
            read(.get, "/activity"),
            read(.get, "/activity/stream"),
        ]
    }()
}

extension Management {
    private static func described<Name>(_ name: StaticString, _ words: StaticString) -> Described<Name> {
        Described(constant(name), constant(words))
    }

    private static func route(
        scope: StaticString, _ permissions: PermissionRule
    ) -> (_ method: Method, _ path: StaticString) -> Route {
        let scope: Scope = constant(scope)
        return { method, path in
            let template: RouteTemplate = constant("/api/v1\(path)")
            return Route(method: method, template: template, scope: scope, permissions: permissions)
        }
    }

    /// A value of this file: a wrong one stops the program at its first use, so the first test finds it.
    private static func constant<Value: TextValue>(_ text: StaticString) -> Value { constant("\(text)") }

    private static func constant<Value: TextValue>(_ text: String) -> Value {
        do {
            return try Value(text)
        } catch {
            preconditionFailure("\(text) \(error.detail)")
        }
    }
}
