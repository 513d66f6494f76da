import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Reads a client and the state behind a token in one statement.
struct IntrospectionStore {
    struct Finding: Sendable {
        let client: Client
        /// Whether nothing has ended the token.
        let isLive: Bool
        /// Of the application that the token is for, now.
        let scopes: [Scope]
    }

    static let inspect = Self.reading(Client.columns)
    /// For who shows an assertion.
    static let inspectWithKeys = Self.reading(Client.columnsWithKeys)

    private static func reading(_ columns: String) -> Statement<Finding> {
        Statement(
            """
            select \(columns),
                   coalesce(o.enabled and $4 >= o.min_epoch, false)
                   and coalesce(s.active and not s.deleted and $6 >= s.min_epoch, false)
                   and not exists (select from token.revocation
                                   where id in ($7, $8) and kind = case id when $7 then 'token' else 'grant' end),
                   coalesce(o.scopes, '{}')
            from \(Client.source) left join registry.published_credentials o on o.client_id = $3
                 left join policy.published_users s on s.id = $5
            where c.client_id = $1
            """
        ) { row in
            Finding(
                client: try Client(row: &row), isLive: try row.bool(), scopes: try row.texts().map { try Scope($0) })
        }
    }

    /// The same of a refresh token, which lives in the database only.
    struct RefreshFinding: Sendable {
        let client: Client
        /// Nil for a token that is not good.
        let token: Standing?

        init(row: inout RowReader) throws {
            client = try Client(row: &row)
            let owner = try row.optionalText()
            let user = try row.optionalUser()
            let consented = try row.texts()
            let available = try row.texts()
            let issued = try row.optionalTimestamp()
            let expires = try row.optionalTimestamp()
            token =
                if let owner, let user, let issued, let expires {
                    Standing(
                        client: try ClientID(owner), user: user,
                        scopes: try consented.filter(available.contains).map { try Scope($0) }, issued: issued,
                        expires: expires)
                } else { nil }
        }

        struct Standing: Sendable {
            let client: ClientID
            let user: UserID
            let scopes: [Scope]
            let issued: Timestamp
            let expires: Timestamp
        }
    }

    static let inspectRefresh = Self.readingRefresh(Client.columns)
    static let inspectRefreshWithKeys = Self.readingRefresh(Client.columnsWithKeys)

    private static func readingRefresh(_ columns: String) -> Statement<RefreshFinding> {
        Statement(
            """
            select \(columns), g.client_id, g.user_id, coalesce(g.scopes, '{}'), coalesce(g.available, '{}'),
                   g.rotated_at, g.expires_at
            from \(Client.source) left join (
                select g.client_id, g.user_id, g.scopes, c.scopes as available, g.rotated_at, g.expires_at
                from token.consent g join \(GrantStore.parties)
                where g.id = $3 and g.bucket = $4 and g.generation = $5 and g.digest = $6
                  and g.ended_at is null and g.expires_at > $7 and \(GrantStore.stands)) g on true
            where c.client_id = $1
            """, decode: RefreshFinding.init(row:))
    }

    let postgres: Postgres

    func inspect(
        _ token: AccessToken, by credentials: ClientCredentials, from address: Address
    ) async throws -> Finding? {
        let found = try await postgres.query(
            credentials.areAssertion ? Self.inspectWithKeys : Self.inspect, .text(credentials.lookup),
            .bytea(address.bytes), .text(token.client), .int8(token.epoch), .user(token.user), .int8(token.userEpoch),
            .text(token.id), .text(token.grant ?? ""))
        return found.first
    }

    /// `digest`: the token's.
    func inspect(
        _ token: RefreshToken, digest: [UInt8], by credentials: ClientCredentials, for asked: OAuthRequest
    ) async throws -> RefreshFinding? {
        let found = try await postgres.query(
            credentials.areAssertion ? Self.inspectRefreshWithKeys : Self.inspectRefresh, .text(credentials.lookup),
            .bytea(asked.address.bytes), .id(token.family),
            .int4(token.bucket), .int8(token.generation), .bytea(digest), .timestamp(asked.time))
        return found.first
    }
}
