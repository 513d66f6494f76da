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
}
