import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The refresh token that is good now, of each grant.
struct RefreshStore {
    /// Puts the successor in the place of a token that is good. Nothing comes back, and nothing changes, where it is not.
    static let rotate = Statement(
        """
        update token.consent g
        set generation = $4 + 1, digest = $6, rotated_at = $7, last_used_at = $7, expires_at = least($8, g.ends_at)
        from registry.published_credentials c, policy.published_users u
        where c.client_id = g.client_id and u.id = g.user_id and g.id = $1 and g.bucket = $2 and g.client_id = $3
          and g.generation = $4 and g.digest = $5
          and g.ended_at is null and g.expires_at > $7 and \(GrantStore.stands)
          and ($9::text[] = '{}' or $9::text[] <@ g.scopes)
          and (case when $9::text[] = '{}' then g.scopes else $9::text[] end) && c.scopes
        returning g.user_id, u.name, g.scopes, c.scopes, g.epoch, g.user_epoch
        """, decode: GrantTerms.init(row:))
    /// What has become of a token's family.
    static let standing = Statement(
        """
        select g.generation, g.rotated_at, g.ended_at is not null,
               g.ended_at is null and g.expires_at > $4 and \(GrantStore.stands),
               g.user_id, u.name, g.scopes, c.scopes, g.epoch, g.user_epoch
        from token.consent g join \(GrantStore.parties)
        where g.id = $1 and g.bucket = $2 and g.client_id = $3
        """, decode: Standing.init(row:))

    static let family = Statement("select from token.consent where id = $1 and bucket = $2 and client_id = $3")

    struct Standing: Sendable {
        let generation: Int64
        let rotated: Timestamp
        /// It was ended by itself.
        let hasEnded: Bool
        /// Nothing has ended it.
        let isLive: Bool
        let terms: GrantTerms

        init(row: inout RowReader) throws {
            generation = try row.int8()
            rotated = try row.timestamp()
            hasEnded = try row.bool()
            isLive = try row.bool()
            terms = try GrantTerms(row: &row)
        }
    }

    let postgres: Postgres
    let seal: TokenSeal

    func rotate(_ presented: PresentedRefreshToken) async throws -> GrantTerms? {
        let token = presented.token
        let found = try await postgres.change(
            Self.rotate, .id(token.family), .int4(token.bucket), .text(presented.client), .int8(token.generation),
            .bytea(token.digest(seal)), .bytea(token.successor.digest(seal)), .timestamp(presented.time),
            .timestamp(presented.refreshExpires), .texts((presented.scopes ?? []).map(\.text)))
        return found.first
    }

    /// Whether a token's family is the client's, ended or not.
    func isFamily(_ token: RefreshToken, of client: ClientID) async throws -> Bool {
        try await !postgres.query(Self.family, .id(token.family), .int4(token.bucket), .text(client)).isEmpty
    }

    func standing(_ presented: PresentedRefreshToken) async throws -> Standing? {
        let found = try await postgres.query(
            Self.standing, .id(presented.token.family), .int4(presented.token.bucket), .text(presented.client),
            .timestamp(presented.time))
        return found.first
    }
}

/// What a client presents to be given new tokens.
final class PresentedRefreshToken: Sendable {
    let token: RefreshToken
    let client: ClientID
    /// Nil: all of the grant's.
    let scopes: [Scope]?
    let time: Timestamp
    /// Until when the successor is good.
    let refreshExpires: Timestamp

    init(_ token: RefreshToken, client: ClientID, scopes: [Scope]?, time: Timestamp, refreshExpires: Timestamp) {
        self.token = token
        self.client = client
        self.scopes = scopes
        self.time = time
        self.refreshExpires = refreshExpires
    }
}
