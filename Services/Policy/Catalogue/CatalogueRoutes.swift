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

    private func get(_ call: Call) async throws -> Response { .catalogue(try await catalogues.find()) }

    private func put(_ call: Call) async throws -> Response {
        let saved = try await catalogues.replace(
            with: call.request.body, forced: call.flag("force"), if: call.condition(), by: call.author)
        return await settlement.answer(.catalogue(saved), after: saved.revision)
    }
}

extension Response {
    fileprivate static func catalogue(_ saved: SavedCatalogue) -> Response {
        .json(bytes: saved.document, [EntityTag.header(saved.revision)])
    }
}
