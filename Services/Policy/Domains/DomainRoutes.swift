import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// `/api/v1/domains` (03 § Management API).
struct DomainRoutes {
    let domains: DomainAdministration
    let settlement: Settlement
    let answerKeys: AnswerKeys

    func mount(on api: API) {
        api.on("GET", "/api/v1/domains", .none, list)
        api.on("POST", "/api/v1/domains", .json(), create)
        api.on("DELETE", "/api/v1/domains/{name}", .none, delete)
    }

    private func list(_ call: Call) async throws(Problem) -> Response {
        let page = try call.page(of: "domains")
        let found = try await domains.page(after: page.place(), limit: page.limit + 1)
        return .json(page.answer(found, key: { [$0.name.text] }, json: \.json))
    }

    private func create(_ call: Call) async throws -> Response {
        let domain = try await domains.create(call.json(), by: call.author, once: Claim(call, answerKeys))
        return await settlement.answer(.created(domain, in: "/api/v1/domains", by: "name"), after: domain.revision)
    }

    private func delete(_ call: Call) async throws(Problem) -> Response {
        guard let name = try? DomainName(call.parameter("name")) else { throw Domain.absent }
        let revision = try await domains.delete(name, if: call.condition(), by: call.author)
        return await settlement.answer(Response(204), after: revision)
    }
}
