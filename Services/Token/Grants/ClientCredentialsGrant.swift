import GatehouseModel
import GatehousePlatform

/// The client credentials grant (RFC 6749 §4.4): a token for the application itself, under its run-as user.
struct ClientCredentialsGrant {
    /// How long its tokens live.
    let life: Duration

    /// `scope`: the parameter; absent means all of the application's (A15).
    func token(
        for client: ClientAuthentication.Proven, scope: String?, at now: Timestamp
    ) throws(OAuthError) -> AccessToken {
        guard client.client.flow == .clientCredentials else {
            throw .unauthorizedClient("This application does not use the client credentials flow.")
        }
        guard let user = client.client.user, user.active else {
            throw .invalidGrant("The user under whom this application acts is not active.")
        }
        return AccessToken(
            id: ID<AccessToken>.fresh(at: now).text, user: user.id, client: client.id,
            scopes: try scopes(scope, of: client.client), issued: now.seconds, expires: (now + life).seconds,
            epoch: client.client.epoch, userEpoch: user.epoch, grant: nil)
    }

    private func scopes(_ asked: String?, of client: Client) throws(OAuthError) -> String {
        guard let asked else { return client.scopes.text }
        guard let scopes = try? Scope.list(asked) else { throw .invalidScope("The scope is not well-formed.") }
        if let lacking = scopes.first(where: { !client.scopes.contains($0) }) {
            throw .invalidScope("The application does not have the scope \(lacking.text).")
        }
        return scopes.text
    }
}
