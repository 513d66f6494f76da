import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Authorization requests that applications have pushed.
struct PushedRequestStore {
    static let add = Statement(
        """
        insert into token.pushed_request (digest, bucket, client_id, parameters, expires_at)
        values ($1, $2, $3, $4, $5)
        """)
    /// It is good once: whoever comes second finds nothing.
    static let take = Statement(
        """
        delete from token.pushed_request where digest = $1 and bucket = $2 and client_id = $3 and expires_at > $4
        returning parameters
        """
    ) { try $0.jsonb() }

    let postgres: Postgres
    let seal: TokenSeal

    func add(
        _ request: PushedRequest, _ parameters: AuthorizationParameters, of client: ClientAuthentication.Proven,
        expires: Timestamp
    ) async throws {
        _ = try await postgres.query(
            Self.add, .bytea(request.digest(seal)), .int4(request.bucket), .text(client.id),
            .jsonb(parameters.json.bytes), .timestamp(expires))
    }

    func take(_ request: PushedRequest, of client: String, at now: Timestamp) async throws -> AuthorizationParameters? {
        let found = try await postgres.change(
            Self.take, .bytea(request.digest(seal)), .int4(request.bucket), .text(client), .timestamp(now))
        return try found.first.flatMap { AuthorizationParameters(try JSON(parsing: $0)) }
    }
}
