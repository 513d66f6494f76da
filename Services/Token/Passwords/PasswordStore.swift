import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The table `token.password`.
struct PasswordStore {
    /// A link that is still to be used would be another way in.
    static let set = Statement(
        """
        with changed as (
                insert into token.password as p (user_id, hash, changed_at, changed_by)
                select u.id, $2, $3, $4 from policy.published_users u
                where u.id = $1 and u.revision = $5 and not u.system and not u.deleted
                on conflict (user_id) do update set
                    hash = excluded.hash, epoch = p.epoch + 1, changed_at = excluded.changed_at,
                    changed_by = excluded.changed_by
                returning user_id),
            void as (delete from token.invitation i using changed where i.user_id = changed.user_id),
            \(Outbox.toldUncounted(in: .token, "$6"))
        select from changed
        """)

    let postgres: Postgres

    /// What `set` takes.
    static func values(_ hash: PasswordHash, of account: Account, by author: Author) -> [Value] {
        let fact = OutgoingFact.passwordChanged(of: account.user, by: author)
        return [
            .user(account.user.id), .text(hash.text), .timestamp(author.time), .user(author.user.id),
            .revision(account.revision), .jsonb([fact].json.bytes),
        ]
    }

    /// False where the user is no longer as they were judged.
    func set(_ values: [Value]) async throws -> Bool { try await !postgres.write(Self.set, values).isEmpty }
}
