import GatehouseHTTP
import GatehouseModel

extension Service {
    /// Serves the OpenAPI document of this service's part of the surface, as JSON and to everybody (03 § Contracts).
    public func publish(document: [UInt8]) {
        let answer = Response(
            200, [("Content-Type", "application/json"), ("Cache-Control", "public, max-age=3600")], document)
        router.on("GET", "/api/v1/openapi/\(settings.name.rawValue).json", Endpoint { _ in .now(answer) })
    }
}
