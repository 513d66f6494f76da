import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// `/api/v1/catalogue` (03 § Management API).
struct CatalogueRoutes {
    private static let maximum = 4 << 20

    let catalogues: CatalogueAdministration
    let settlement: Settlement

    func mount(on api: API) {
        api.on("GET", "/api/v1/catalogue", .none, get)
        api.on("PUT", "/api/v1/catalogue", .json(maximum: Self.maximum), put)
    }

    private func get(_ call: Call) async throws(Problem) -> Response { .catalogue(try await catalogues.find()) }

    private func put(_ call: Call) async throws(Problem) -> Response {
        let query = try call.query(of: ["force"])
        guard let isForced = ["true": true, "false": false][query["force"] ?? "false"] else {
            throw Problem(field: "force", "must be true or false")
        }
        let saved = try await catalogues.replace(
            with: Catalogue(json: call.json()), forced: isForced, if: call.condition(), by: call.author)
        return await settlement.answer(.catalogue(saved), after: saved.revision)
    }
}

extension Response {
    fileprivate static func catalogue(_ saved: SavedCatalogue) -> Response {
        .json(saved.catalogue.json, [EntityTag.header(saved.revision)])
    }
}
