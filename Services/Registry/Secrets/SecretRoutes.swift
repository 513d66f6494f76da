import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/applications/{client_id}/secret` and `…/revoke-tokens` (03 § Management API).
struct SecretRoutes {
    private let secrets: Secrets
    private let settlement: Settlement

    init(_ secrets: Secrets, _ settlement: Settlement) {
        self.secrets = secrets
        self.settlement = settlement
    }

    func mount(on api: API) {
        api.on("POST", "/api/v1/applications/{client_id}/secret", .json(), rotate)
        api.on("POST", "/api/v1/applications/{client_id}/revoke-tokens", .json(), revokeTokens)
    }

    private func rotate(_ call: Call) async throws -> Response {
        let id = try call.clientID()
        var fields = try Fields(call.json())
        let revokes = fields.nullable("revoke_tokens", as: Bool.self).applied(to: nil)
        try fields.finish()
        let secret = secrets.fresh()
        let application = try await secrets.rotate(
            id, to: secret, revokesTokens: revokes, if: call.condition(), by: call.author)
        let propagation = await settlement.wait(for: application.revision)
        return Response.json(
            [
                "client_secret": .string(secret.text), "secret": application.secret.json,
                "propagation": propagation.json,
            ], [EntityTag.header(application.revision)]
        ).stating(propagation)
    }

    private func revokeTokens(_ call: Call) async throws -> Response {
        let id = try call.clientID()
        try Fields(call.json()).finish()
        let application = try await secrets.revokeTokens(id, if: call.condition(), by: call.author)
        return await settlement.answer(.application(application), after: application.revision)
    }
}
