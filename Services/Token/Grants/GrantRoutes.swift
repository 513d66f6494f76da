import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/users/{id}/grants`, `/api/v1/grants/{id}` (03 § OAuth 2.0).
struct GrantRoutes {
    let grants: Grants

    func mount(on api: API) {
        api.on("GET", "/api/v1/users/{id}/grants", .none, list)
        api.on("DELETE", "/api/v1/grants/{id}", .none, end)
    }

    private func list(_ call: Call) async throws -> Response {
        guard let user = try? UserID(call.parameter("id")) else { throw Self.noUser }
        let page = try call.page(of: "grants of \(user)")
        let found = try await grants.store.page(
            of: user, after: Self.place(page), limit: page.limit + 1, at: call.now)
        if found.isEmpty {
            guard try await grants.store.isKnown(user) else { throw Self.noUser }
        }
        return .json(page.answer(found, key: { [$0.application.name, $0.id.text] }, json: { $0.json }))
    }

    private func end(_ call: Call) async throws -> Response {
        let author = call.author
        guard try call.condition() == .none else {
            throw Problem(.preconditionFailed, "Grants have no entity tags.")
        }
        guard let id = try? ID<Grant>(call.parameter("id")), let grant = try await grants.store.find(id) else {
            throw Problem(.notFound, "There is no such grant, or it has ended.")
        }
        let propagation = try await grants.end(
            [grant], Grants.Wish(.revoked, by: author, ip: author.ip, time: author.time, trace: author.trace))
        return Response(204).stating(propagation)
    }

    private static var noUser: Problem { Problem(.notFound, "There is no such user.") }

    private static func place(_ page: Page) throws(Problem) -> GrantStore.Place? {
        guard let after = page.after else { return nil }
        guard after.count == 2, let id = try? ID<Grant>(after[1]) else {
            throw Problem(field: "cursor", "is not a cursor of this list")
        }
        return GrantStore.Place(name: after[0], id: id)
    }
}
