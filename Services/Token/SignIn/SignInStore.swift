import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Reads who signs in, and begins their sessions.
struct SignInStore {
    /// What is known of the account behind an e-mail address, and of the address that somebody comes from.
    ///
    /// A class, like all that asynchronous functions take here: see `OAuthRequest`.
    final class Finding: Sendable {
        /// Nil where there is none.
        let user: Fact.User?
        let isActive: Bool
        /// Nil where no password has been set.
        let hash: PasswordHash?
        let passwordEpoch: Int64
        let generalListAllows: Bool

        fileprivate init(row: inout RowReader) throws {
            let id = try row.optionalUser()
            let name = try row.optionalText()
            user = id.map { Fact.User($0, name: name ?? "") }
            isActive = try row.optionalBool() ?? false
            hash = try row.optionalText().flatMap { PasswordHash($0) }
            passwordEpoch = try row.optionalInt8() ?? 0
            generalListAllows = try row.bool()
        }
    }

    /// One row, whether there is such an account or not.
    static let find = Statement(
        """
        select u.id, u.name, u.active and not u.system, p.hash, p.epoch, \(SessionStore.generalListAllows("$2"))
        from (select 1) as one
            left join policy.published_users u on lower(u.email) = $1 and not u.deleted
            left join token.password p on p.user_id = u.id
        """, decode: Finding.init(row:))

    /// Only for the password that was looked at: one that came meanwhile is of another epoch.
    static let begin = Statement(
        """
        with changed as (
                insert into token.session (digest, user_id, uep, epoch, created_at, idle_until, expires_at)
                select $2, u.id, u.epoch, p.epoch, $4, $5, $6
                from policy.published_users u join token.password p on p.user_id = u.id
                where u.id = $1 and p.epoch = $3 and u.active and not u.system and not u.deleted
                returning user_id),
            gone as (delete from token.session s using changed where s.digest = $7),
            renewed as (
                update token.password p set hash = $8 from changed
                where p.user_id = changed.user_id and p.epoch = $3 and $8 is not null),
            \(Outbox.toldUncounted(in: .token, "$9"))
        select from changed
        """)

    let postgres: Postgres

    /// `key`: of an e-mail address; what is none has one that nobody has.
    func find(_ key: String, from address: Address) async throws -> Finding {
        guard let found = try await postgres.read(Self.find, .text(key), .bytea(address.bytes)).first else {
            throw Problem(.internalError, "The account could not be read.")
        }
        return found
    }

    /// What `begin` takes. `hash`: in place of an outdated one.
    static func values(
        _ session: NewSession, of user: UserID, passwordEpoch: Int64, renewing hash: PasswordHash?, _ fact: OutgoingFact
    ) -> [Value] {
        [
            .user(user), .bytea(session.id.digest), .int8(passwordEpoch), .timestamp(session.begins),
            .timestamp(session.idleUntil), .timestamp(session.expires), .bytea(session.replaces), .text(hash?.text),
            .jsonb([fact].json.bytes),
        ]
    }

    /// False where the user may not sign in any more, or has another password by now.
    func begin(_ values: [Value]) async throws -> Bool { try await !postgres.write(Self.begin, values).isEmpty }
}
