import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The signing keys in the database, by which all replicas agree.
struct KeyStore {
    private static let columns = "kid, jwk, sealed, use_from, expires_at"

    static let all = Statement(
        "select \(columns) from token.signing_key where not deleted order by use_from, kid",
        decode: SigningKeyRow.init(row:))
    /// Taken before the keys are read: two replicas make one key.
    static let lock = Statement("select revision from token.head for update") { try $0.revision() }
    /// The newest key, and the end of its predecessor.
    static let add = Statement(
        """
        with \(Outbox.head(of: .token)),
             ended as (update token.signing_key k set expires_at = $5, revision = head.revision from head
                       where not k.deleted and k.expires_at is null)
        insert into token.signing_key (kid, jwk, sealed, use_from, revision)
        select $1, $2, $3, $4, revision from head
        """)
    static let expire = Statement(
        """
        with gone as (select kid from token.signing_key where not deleted and expires_at < $1),
             \(Outbox.head(of: .token, where: "exists (select from gone)"))
        update token.signing_key k set deleted = true, sealed = '', revision = head.revision
        from head, gone where k.kid = gone.kid
        """)

    let postgres: Postgres

    func all() async throws -> [SigningKeyRow] { try await postgres.query(Self.all) }

    /// Runs `next` with the keys that there are, alone among all replicas; adds what it returns.
    func extend(_ next: ([SigningKeyRow]) throws -> (key: SigningKeyRow, predecessorExpires: Timestamp)?) async throws {
        try await postgres.transaction { connection in
            _ = try await connection.query(Self.lock)
            guard let (key, ends) = try next(try await connection.query(Self.all)) else { return }
            _ = try await connection.query(
                Self.add, .text(key.id), .jsonb(key.jwk), .bytea(key.sealed), .timestamp(key.useFrom), .timestamp(ends))
        }
    }

    func expire(at now: Timestamp) async throws {
        _ = try await postgres.change(Self.expire, .timestamp(now))
    }
}

extension SigningKeyRow {
    init(row: inout RowReader) throws {
        id = try row.text()
        jwk = try row.jsonb()
        sealed = try row.bytea()
        useFrom = try row.timestamp()
        expires = try row.optionalTimestamp()
    }
}
