import GatehousePlatform
import GatehousePostgres

/// What the code flow is made of, from the pushed request to the last refresh. Lives on the core.
final class CodeFlow {
    let lives: GrantLives
    let seal: TokenSeal
    let codes: CodeStore
    let refreshes: RefreshStore
    let grants: Grants
    let pushed: PushedRequestStore
    let authorizations: AuthorizationStore
    let consents: Consents
    let exchange: AuthorizationCodeGrant
    let refresh: RefreshTokenGrant

    init(_ postgres: Postgres, lives: GrantLives, sealingKey: [UInt8], _ settlement: Settlement) {
        self.lives = lives
        seal = TokenSeal(sealingKey: sealingKey)
        codes = CodeStore(postgres: postgres, seal: seal)
        refreshes = RefreshStore(postgres: postgres, seal: seal)
        grants = Grants(GrantStore(postgres: postgres), settlement, accessTokenLife: lives.accessToken)
        pushed = PushedRequestStore(postgres: postgres, seal: seal)
        authorizations = AuthorizationStore(postgres: postgres)
        consents = Consents(codes, grantLife: lives.grant)
        exchange = AuthorizationCodeGrant(codes, grants, lives: lives, seal: seal)
        refresh = RefreshTokenGrant(refreshes, grants, lives: lives, seal: seal)
    }
}
