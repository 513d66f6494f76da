import GatehouseModel
import GatehousePlatform

/// The refresh token grant (RFC 6749 §6): each use gives a successor, and a token that is used twice means theft: the whole family
/// dies (RFC 9700 §4.14.2).
final class RefreshTokenGrant {
    private let store: RefreshStore
    private let grants: Grants
    private let lives: GrantLives
    private let seal: TokenSeal

    init(_ store: RefreshStore, _ grants: Grants, lives: GrantLives, seal: TokenSeal) {
        self.store = store
        self.grants = grants
        self.lives = lives
        self.seal = seal
    }

    func refresh(_ asked: OAuthRequest, for client: ClientAuthentication.Proven) async throws -> IssuedTokens {
        guard client.client.flow == .authorizationCode else {
            throw OAuthError.unauthorizedClient("This application uses the client credentials flow only.")
        }
        guard let text = asked["refresh_token"] else {
            throw OAuthError.invalidRequest("refresh_token is required.")
        }
        let scopes: [Scope]?
        do { scopes = try asked["scope"].map(Scope.list) } catch {
            throw OAuthError.invalidScope("The scope is not well-formed.")
        }
        guard let token = RefreshToken(text, seal) else { throw Self.refusal }
        let presented = PresentedRefreshToken(
            token, client: client.id, scopes: scopes, time: asked.time,
            refreshExpires: asked.time + lives.refreshToken)
        if let terms = try await store.rotate(presented) { return issue(terms, presented, for: client) }
        return issue(try await retried(presented, asked), presented, for: client)
    }

    /// What a token that is not good gives: its successor once more within the grace, else why it gives nothing.
    private func retried(_ presented: PresentedRefreshToken, _ asked: OAuthRequest) async throws -> GrantTerms {
        guard let found = try await store.standing(presented) else { throw Self.refusal }
        let generation = presented.token.generation
        let isRetry =
            generation + 1 == found.generation && lives.grace > .zero && asked.time - found.rotated < lives.grace
        if generation < found.generation, !isRetry {
            _ = try await grants.end(
                presented.token.family,
                Grants.Wish(
                    .refreshTokenReused, ip: asked.address, time: asked.time, trace: asked.trail.trace))
            throw Self.refusal
        }
        guard found.isLive else { throw Self.refusal }
        guard let scopes = found.terms.scopes(of: presented.scopes) else {
            throw OAuthError.invalidScope("The user has not consented to all of these scopes.")
        }
        guard !scopes.isEmpty else {
            throw OAuthError.invalidScope("The application has none of these scopes any more.")
        }
        // A token that is good, and was not when it was used: something has changed meanwhile.
        guard isRetry else { throw OAuthError.unavailable(nil) }
        return found.terms
    }

    private func issue(
        _ terms: GrantTerms, _ presented: PresentedRefreshToken, for client: ClientAuthentication.Proven
    ) -> IssuedTokens {
        let scopes = terms.scopes(of: presented.scopes) ?? []
        return IssuedTokens(
            access: AccessToken(
                of: presented.token.family, terms, scopes, client.id, from: presented.time,
                until: presented.time + lives.accessToken), refresh: presented.token.successor,
            user: Fact.User(terms.user, name: terms.userName))
    }

    /// One answer for whatever it is.
    private static let refusal = OAuthError.invalidGrant(
        "The refresh token is not good: expired, revoked, used before, or another client's.")
}

extension AccessToken {
    /// One of a grant.
    convenience init(
        of grant: ID<Grant>, _ terms: GrantTerms, _ scopes: [Scope], _ client: ClientID, from now: Timestamp,
        until end: Timestamp
    ) {
        self.init(
            id: ID<AccessToken>.fresh(at: now).text, user: terms.user, client: client, scopes: scopes.text,
            issued: now.seconds, expires: end.seconds, epoch: terms.epoch, userEpoch: terms.userEpoch,
            grant: grant.text)
    }
}
