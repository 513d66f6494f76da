import GatehouseModel
import Testing

struct ManagementTests {
    /// Every route of 03 § Management API, with the scope and the permissions that it states.
    @Test func `the routes are those of the contract`() {
        let lines = Management.routes.map { route in
            let rule =
                switch route.permissions {
                case .all(let permissions) where permissions.isEmpty: "-"
                case .all(let permissions): permissions.map(\.text).joined(separator: " and ")
                case .any(let permissions): permissions.map(\.text).joined(separator: " or ")
                }
            return "\(route) \(route.scope) \(rule)"
        }
        #expect(
            lines.joined(separator: "\n") == """
                GET /api/v1/applications read:applications MANAGE_APPLICATIONS
                POST /api/v1/applications write:applications MANAGE_APPLICATIONS
                GET /api/v1/applications/{client_id} read:applications MANAGE_APPLICATIONS
                PATCH /api/v1/applications/{client_id} write:applications MANAGE_APPLICATIONS
                DELETE /api/v1/applications/{client_id} write:applications MANAGE_APPLICATIONS
                POST /api/v1/applications/{client_id}/secret write:applications MANAGE_APPLICATIONS
                POST /api/v1/applications/{client_id}/revoke-tokens write:applications MANAGE_APPLICATIONS
                GET /api/v1/applications/{client_id}/logo read:applications MANAGE_APPLICATIONS
                PUT /api/v1/applications/{client_id}/logo write:applications MANAGE_APPLICATIONS
                DELETE /api/v1/applications/{client_id}/logo write:applications MANAGE_APPLICATIONS
                GET /api/v1/icons read:applications MANAGE_APPLICATIONS
                GET /api/v1/users read:access MANAGE_USERS
                POST /api/v1/users write:access MANAGE_USERS
                GET /api/v1/users/{id} read:access MANAGE_USERS
                PATCH /api/v1/users/{id} write:access MANAGE_USERS
                DELETE /api/v1/users/{id} write:access MANAGE_USERS
                PUT /api/v1/users/{id}/password write:access MANAGE_USERS
                POST /api/v1/users/{id}/invitation write:access MANAGE_USERS
                GET /api/v1/users/{id}/grants read:access MANAGE_USERS
                DELETE /api/v1/grants/{id} write:access MANAGE_USERS
                GET /api/v1/roles read:access MANAGE_ROLES
                POST /api/v1/roles write:access MANAGE_ROLES
                GET /api/v1/roles/{name} read:access MANAGE_ROLES
                PUT /api/v1/roles/{name} write:access MANAGE_ROLES
                DELETE /api/v1/roles/{name} write:access MANAGE_ROLES
                GET /api/v1/domains read:access MANAGE_ROLES
                POST /api/v1/domains write:access MANAGE_ROLES
                DELETE /api/v1/domains/{name} write:access MANAGE_ROLES
                GET /api/v1/ip-ranges read:access MANAGE_IP_BASED_ACCESS_SETTINGS
                PUT /api/v1/ip-ranges write:access MANAGE_IP_BASED_ACCESS_SETTINGS
                POST /api/v1/ip-ranges/test read:access MANAGE_IP_BASED_ACCESS_SETTINGS
                GET /api/v1/catalogue read:access MANAGE_USERS or MANAGE_ROLES or MANAGE_IP_BASED_ACCESS_SETTINGS
                PUT /api/v1/catalogue write:access MANAGE_USERS and MANAGE_ROLES and MANAGE_IP_BASED_ACCESS_SETTINGS
                PUT /api/v1/objects/{type}/{id} write:access -
                DELETE /api/v1/objects/{type}/{id} write:access -
                GET /api/v1/audit-events read:audit-events READ_AUDIT_EVENTS
                GET /api/v1/activity read:audit-events READ_AUDIT_EVENTS
                GET /api/v1/activity/stream read:audit-events READ_AUDIT_EVENTS
                """)
    }

    @Test func `they need only what Management itself brings`() {
        let scopes = Set(Management.scopes.map(\.name))
        let permissions = Set(Management.permissions.map(\.name))
        #expect(Management.routes.allSatisfy { scopes.contains($0.scope) })
        #expect(Management.routes.allSatisfy { permissions.isSuperset(of: $0.permissions.permissions) })
    }
}
