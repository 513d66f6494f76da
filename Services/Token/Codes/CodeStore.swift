import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Codes, from the consent to the exchange.
struct CodeStore {
    /// Only for an application and a user that are still what the user agreed to; the epochs are those of this moment. A second one
    /// of the same grant is the first.
    static let add = Statement(
        """
        with agreed as (
            select c.epoch, u.epoch as user_epoch
            from registry.published_credentials c, policy.published_users u
            where c.client_id = $5 and c.enabled and c.flow = 'authorization_code' and $6::text[] <@ c.scopes
              and $8 = any (c.redirect_uris) and c.name = $11 and c.website_url is not distinct from $12
              and u.id = $4 and u.active and not u.deleted and $13 >= u.min_epoch
              and 'AUTHORIZE_APPLICATIONS' = any (u.permissions)
        ), changed as (
            insert into token.code (digest, bucket, consent, user_id, client_id, scopes, redirect_uri, challenge,
                                    shown, epoch, user_epoch, made_at, expires_at, ends_at)
            select $1, $2, $3, $4, $5, $6, $7, $9, $10, epoch, user_epoch, $14, $15, $16 from agreed
            on conflict do nothing returning consent
        ), \(Outbox.toldUncounted(in: .token, "$17"))
        select exists (select from changed) from agreed
        """
    ) { try $0.bool() }

    /// Uses a code up, whatever comes of it; opens its grant where all is right. Nothing comes back for a code that is another
    /// client's, used, or unknown.
    static let exchange = Statement(
        """
        with used as (
            update token.code set used_at = $6
            where digest = $1 and bucket = $2 and client_id = $3 and used_at is null
            returning consent, user_id, client_id, scopes, redirect_uri, challenge, shown, epoch,
                      user_epoch, made_at, expires_at, ends_at
        ), opened as (
            insert into token.consent (id, bucket, user_id, client_id, scopes, redirect_uri, shown, epoch, user_epoch,
                                       created_at, last_used_at, generation, digest, rotated_at, expires_at, ends_at)
            select g.consent, $9, g.user_id, g.client_id, g.scopes, g.redirect_uri, g.shown, g.epoch,
                   g.user_epoch, g.made_at, $6, 1, $7, $6, least($8, g.ends_at), g.ends_at
            from used g join \(GrantStore.parties)
            where g.redirect_uri = $4 and g.challenge = $5 and g.expires_at > $6 and g.scopes && c.scopes
              and \(GrantStore.stands)
            returning id
        )
        select g.user_id, u.name, g.scopes, c.scopes, g.epoch, g.user_epoch, exists (select from opened)
        from used g join \(GrantStore.parties)
        """
    ) { row in Exchange(terms: try GrantTerms(row: &row), isOpened: try row.bool()) }

    /// The grant of a code that was used before.
    static let used = Statement(
        """
        select consent from token.code
        where digest = $1 and bucket = $2 and client_id = $3 and used_at is not null
        """
    ) { try $0.id(of: Grant.self) }

    struct Exchange: Sendable {
        let terms: GrantTerms
        let isOpened: Bool
    }

    let postgres: Postgres
    let seal: TokenSeal

    /// False when the application or the user is no longer what was agreed to.
    func add(_ approval: Approval) async throws -> Bool {
        let (code, consent) = (approval.code, approval.consent)
        let found = try await postgres.change(
            Self.add, .bytea(code.digest(seal)), .int4(code.bucket), .id(code.grant), .user(consent.user.id),
            .text(consent.application.clientID), .texts(consent.scopes.map(\.text)), .text(consent.redirectURI),
            .text(consent.registeredURI), .bytea(consent.challenge.bytes), .bytea(consent.shown),
            .text(consent.application.name), .text(consent.website), .int8(consent.userEpoch),
            .timestamp(consent.made), .timestamp(approval.expires), .timestamp(approval.ends),
            .jsonb([approval.fact].json.bytes))
        return !found.isEmpty
    }

    func exchange(_ code: AuthorizationCode, _ presented: PresentedCode) async throws -> Exchange? {
        let found = try await postgres.change(
            Self.exchange, .bytea(code.digest(seal)), .int4(code.bucket), .text(presented.client),
            .text(presented.redirectURI), .bytea(presented.challenge?.bytes), .timestamp(presented.time),
            .bytea(presented.first.digest(seal)), .timestamp(presented.refreshExpires), .int4(code.grantBucket))
        return found.first
    }

    func grant(usedBy code: AuthorizationCode, of client: ClientID) async throws -> ID<Grant>? {
        try await postgres.query(Self.used, .bytea(code.digest(seal)), .int4(code.bucket), .text(client)).first
    }
}

/// What a client presents with a code.
final class PresentedCode: Sendable {
    let client: ClientID
    let redirectURI: String?
    /// That of the verifier; nil where there is no right one.
    let challenge: CodeChallenge?
    let time: Timestamp
    /// The refresh token that it may get.
    let first: RefreshToken
    let refreshExpires: Timestamp

    init(
        client: ClientID, redirectURI: String?, challenge: CodeChallenge?, time: Timestamp, first: RefreshToken,
        refreshExpires: Timestamp
    ) {
        self.client = client
        self.redirectURI = redirectURI
        self.challenge = challenge
        self.time = time
        self.first = first
        self.refreshExpires = refreshExpires
    }
}
