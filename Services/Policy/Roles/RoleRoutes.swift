import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/roles` (03 § Management API).
struct RoleRoutes {
    let roles: RoleAdministration
    let settlement: Settlement
    let answerKeys: AnswerKeys

    func mount(on api: API) {
        api.on("GET", "/api/v1/roles", .none, list)
        api.on("POST", "/api/v1/roles", .json(), create)
        api.on("GET", "/api/v1/roles/{name}", .none, get)
        api.on("PUT", "/api/v1/roles/{name}", .json(), put)
        api.on("DELETE", "/api/v1/roles/{name}", .none, delete)
    }

    private func list(_ call: Call) async throws(Problem) -> Response {
        let page = try call.page(of: "roles")
        let found = try await roles.page(after: page.place(), limit: page.limit + 1)
        return .json(page.answer(found, key: { [$0.name.text] }, json: { .object($0.json) }))
    }

    private func create(_ call: Call) async throws -> Response {
        let role = try await roles.create(call.json(), by: call.author, once: Claim(call, answerKeys))
        return await settlement.answer(.created(role, in: "/api/v1/roles", by: "name"), after: role.revision)
    }

    private func get(_ call: Call) async throws(Problem) -> Response { .role(try await roles.find(call.roleName())) }

    private func put(_ call: Call) async throws(Problem) -> Response {
        let role = try await roles.replace(call.roleName(), with: call.json(), if: call.condition(), by: call.author)
        return await settlement.answer(.role(role), after: role.revision)
    }

    private func delete(_ call: Call) async throws(Problem) -> Response {
        let revision = try await roles.delete(call.roleName(), if: call.condition(), by: call.author)
        return await settlement.answer(Response(204), after: revision)
    }
}

extension Call {
    /// What is no name names no role.
    fileprivate func roleName() throws(Problem) -> RoleName {
        guard let name = try? RoleName(parameter("name")) else { throw Role.absent }
        return name
    }
}

extension Response {
    fileprivate static func role(_ role: Role) -> Response {
        .json(.object(role.json), [EntityTag.header(role.revision)])
    }
}
