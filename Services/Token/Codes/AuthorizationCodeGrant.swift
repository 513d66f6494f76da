import GatehouseModel
import GatehousePlatform

/// The authorization code grant at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.5): a code is used up by whatever its own client
/// presents it with, and one that is used twice takes back what it gave (A25).
final class AuthorizationCodeGrant {
    private let store: CodeStore
    private let grants: Grants
    private let lives: GrantLives
    private let seal: TokenSeal

    init(_ store: CodeStore, _ grants: Grants, lives: GrantLives, seal: TokenSeal) {
        self.store = store
        self.grants = grants
        self.lives = lives
        self.seal = seal
    }

    func exchange(_ asked: OAuthRequest, for client: ClientAuthentication.Proven) async throws -> IssuedTokens {
        guard client.client.flow == .authorizationCode else {
            throw OAuthError.unauthorizedClient("This application uses the client credentials flow only.")
        }
        guard let text = asked["code"] else { throw OAuthError.invalidRequest("code is required.") }
        guard let code = AuthorizationCode(text, seal) else { throw Self.refusal }
        let first = RefreshToken(of: code.grant, in: code.grantBucket)
        let presented = PresentedCode(
            client: client.id, redirectURI: asked["redirect_uri"],
            challenge: asked["code_verifier"].flatMap(CodeChallenge.init(verifier:)), time: asked.time,
            first: first, refreshExpires: asked.time + lives.refreshToken)
        guard let exchange = try await store.exchange(code, presented) else {
            if let grant = try await store.grant(usedBy: code, of: client.id) {
                _ = try await grants.end(
                    grant,
                    Grants.Wish(.codeReused, ip: asked.address, time: asked.time, trace: asked.trail.trace))
            }
            throw Self.refusal
        }
        guard exchange.isOpened else { throw Self.refusal }
        let terms = exchange.terms
        return IssuedTokens(
            access: AccessToken(
                of: code.grant, terms, terms.scopes, client.id, from: asked.time,
                until: asked.time + lives.accessToken), refresh: first,
            user: Fact.User(terms.user, name: terms.userName))
    }

    /// One answer for whatever it is.
    private static let refusal = OAuthError.invalidGrant(
        "The code is not good: expired, used before, another client's, or without its redirect_uri and code_verifier.")
}
