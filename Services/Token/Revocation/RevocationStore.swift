import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Tokens that ended before their time.
struct RevocationStore {
    static let revoke = Statement(
        """
        with known as (select from token.revocation where kind = 'token' and id = $1),
             \(Outbox.head(of: .token, where: "not exists (select from known)")),
             changed as (insert into token.revocation (kind, id, client_id, expires_at, revision)
                         select 'token', $1, $2, $3, revision from head
                         on conflict do nothing returning revision),
             \(Outbox.told(in: .token, "$4"))
        select revision from changed
        """
    ) { try $0.revision() }
    static let revision = Statement("select revision from token.revocation where kind = 'token' and id = $1") {
        try $0.revision()
    }
    /// Whose token it is, where that is no application's own user.
    static let userName = Statement("select name from policy.published_users where id = $1") { try $0.text() }
    /// Those that would have ended by themselves by now.
    static let purge = Statement("delete from token.revocation where expires_at < $1")

    let postgres: Postgres

    /// The revision that a caller must see everywhere; the first one's for a token that was revoked before.
    func revoke(_ token: AccessToken, _ fact: OutgoingFact) async throws -> Revision {
        let made = try await postgres.change(
            Self.revoke, .text(token.id), .text(token.client),
            .timestamptz(microsSince1970: (token.expires + 60) * 1_000_000), .jsonb([fact].json.bytes))
        if let revision = made.first { return revision }
        return try await postgres.query(Self.revision, .text(token.id)).first ?? .none
    }

    func name(of user: UserID) async throws -> String {
        try await postgres.query(Self.userName, .user(user)).first ?? ""
    }

    func purge(at now: Timestamp) async throws {
        _ = try await postgres.change(Self.purge, .timestamp(now - .seconds(3600)))
    }
}
