import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// `/api/v1/ip-ranges` (03 § Management API).
struct NetworkRoutes {
    let networks: NetworkAdministration
    let settlement: Settlement

    func mount(on api: API) {
        api.on("GET", "/api/v1/ip-ranges", .none, get)
        api.on("PUT", "/api/v1/ip-ranges", .json(), put)
        api.on("POST", "/api/v1/ip-ranges/test", .json(), test)
    }

    private func get(_ call: Call) async throws(Problem) -> Response { .list(try await networks.find()) }

    private func put(_ call: Call) async throws(Problem) -> Response {
        let isConfirmed = try call.flag("confirm_lockout")
        let list = try await networks.replace(
            with: call.json(), confirmed: isConfirmed, if: call.condition(), by: call.author)
        return await settlement.answer(.list(list), after: list.revision)
    }

    private func test(_ call: Call) async throws(Problem) -> Response { .json(try await networks.test(call.json())) }
}

extension Response {
    fileprivate static func list(_ list: GeneralList) -> Response {
        .json(list.json, [EntityTag.header(list.revision)])
    }
}
