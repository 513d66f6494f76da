import GatehouseModel

/// What a code or a refresh token gives.
final class IssuedTokens: Sendable {
    let access: AccessToken
    let refresh: RefreshToken
    let user: Fact.User

    init(access: AccessToken, refresh: RefreshToken, user: Fact.User) {
        self.access = access
        self.refresh = refresh
        self.user = user
    }
}
