import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/applications/{client_id}/secret` and `…/revoke-tokens` (03 § Management API).
struct SecretRoutes {
    private let secrets: Secrets
    private let settlement: Settlement
    private let answerKeys: AnswerKeys

    init(_ secrets: Secrets, _ settlement: Settlement, _ answerKeys: AnswerKeys) {
        self.secrets = secrets
        self.settlement = settlement
        self.answerKeys = answerKeys
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
        let (condition, claim) = (try call.condition(), try Claim(call, answerKeys))
        let rotated = try await secrets.rotate(
            id, to: secrets.fresh(), revokesTokens: revokes, if: condition, by: call.author, once: claim)
        let application = rotated.application
        let propagation = await settlement.wait(for: application.revision)
        return Response.json(
            [
                "client_secret": .string(rotated.secret), "secret": application.secret.json,
                "propagation": propagation.json,
            ], [EntityTag.header(application.revision)]
        ).stating(propagation)
    }

    private func revokeTokens(_ call: Call) async throws -> Response {
        let id = try call.clientID()
        try Fields(call.json()).finish()
        let (condition, claim) = (try call.condition(), try Claim(call, answerKeys))
        let application = try await secrets.revokeTokens(id, if: condition, by: call.author, once: claim)
        return await settlement.answer(.application(application), after: application.revision)
    }
}
