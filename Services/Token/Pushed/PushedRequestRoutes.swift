import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/oauth/par` (RFC 9126): a client says what it will ask for before the browser comes, so that nobody on the way can change it.
extension OAuthRoutes {
    func push(_ asked: OAuthRequest) async throws -> Response {
        let client = try await authenticate(asked)
        guard asked.form["request_uri"] == nil else {
            throw OAuthError.invalidRequest("request_uri cannot be pushed.")
        }
        guard client.client.flow == .authorizationCode else {
            throw OAuthError.unauthorizedClient("This application does not use the authorization code flow.")
        }
        guard let application = try await codeFlow.authorizations.application(client.id.text) else {
            throw OAuthError.invalidClient
        }
        var parameters = AuthorizationParameters(asked.form.fields)
        parameters[.clientID] = client.id.text
        do throws(AuthorizationRefusal) {
            _ = try AuthorizationRequest(parameters, for: application)
        } catch {
            switch error {
            case .redirect(_, let error): throw error
            case .page(.redirectMissing): throw OAuthError.invalidRequest("redirect_uri is required.")
            case .page: throw OAuthError.invalidRequest("redirect_uri is none of the application's.")
            }
        }
        let expires = asked.time + PushedRequest.life
        let request = PushedRequest(expires: expires, at: asked.time)
        try await codeFlow.pushed.add(request, parameters, of: client, expires: expires)
        let answer: JSON = [
            "request_uri": .string(request.uri(codeFlow.seal)),
            "expires_in": .integer(PushedRequest.life.components.seconds),
        ]
        return Response(201, Self.headers, answer.bytes)
    }
}
