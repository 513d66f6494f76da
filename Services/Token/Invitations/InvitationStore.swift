import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The table `token.invitation`.
struct InvitationStore {
    static let make = Statement(
        """
        with changed as (
                insert into token.invitation as i (user_id, digest, made_at, made_by, expires_at)
                select u.id, $2, $3, $4, $5 from policy.published_users u
                where u.id = $1 and u.revision = $6 and not u.system and not u.deleted
                on conflict (user_id) do update set
                    digest = excluded.digest, made_at = excluded.made_at, made_by = excluded.made_by,
                    expires_at = excluded.expires_at
                returning user_id),
            \(Outbox.toldUncounted(in: .token, "$7"))
        select from changed
        """)

    static let find = Statement(
        """
        select u.id, u.name, u.email, \(SessionStore.generalListAllows("$3"))
        from token.invitation i join policy.published_users u on u.id = i.user_id
        where i.digest = $1 and i.expires_at > $2 and u.active and not u.system and not u.deleted
        """, decode: Visitor.init(row:))

    /// Ends the invitation, sets the password, and begins a session: of two who use it at once, the second finds it gone.
    static let accept = Statement(
        """
        with used as (
                delete from token.invitation i using policy.published_users u
                where i.digest = $1 and i.expires_at > $2 and u.id = i.user_id
                    and u.active and not u.system and not u.deleted
                returning i.user_id, u.epoch),
            set_password as (
                insert into token.password as p (user_id, hash, changed_at, changed_by)
                select user_id, $3, $2, user_id from used
                on conflict (user_id) do update set
                    hash = excluded.hash, epoch = p.epoch + 1, changed_at = excluded.changed_at,
                    changed_by = excluded.changed_by
                returning user_id, epoch),
            changed as (
                insert into token.session (digest, user_id, uep, epoch, created_at, idle_until, expires_at)
                select $4, used.user_id, used.epoch, set_password.epoch, $2, $5, $6
                from used join set_password on set_password.user_id = used.user_id
                returning user_id),
            gone as (delete from token.session s using changed where s.digest = $7),
            \(Outbox.toldUncounted(in: .token, "$8"))
        select from changed
        """)

    static let sweep = Statement(
        """
        delete from token.invitation where ctid = any (array(
            select ctid from token.invitation
            where expires_at <= $1 order by expires_at limit \(SessionStore.batch) for update skip locked))
        """)

    let postgres: Postgres

    /// What `make` takes.
    static func values(_ invitation: Invitation, for account: Account, by author: Author) -> [Value] {
        [
            .user(account.user.id), .bytea(invitation.digest), .timestamp(author.time), .user(author.user.id),
            .timestamp(invitation.expires), .revision(account.revision),
            .jsonb([OutgoingFact.invited(account.user, by: author)].json.bytes),
        ]
    }

    /// False where the user is no longer as they were judged.
    func make(_ values: [Value]) async throws -> Bool { try await !postgres.write(Self.make, values).isEmpty }

    /// Whom it invites; nil where it has ended, or never was.
    func find(_ digest: [UInt8], from address: Address, at now: Timestamp) async throws -> Visitor? {
        try await postgres.read(Self.find, .bytea(digest), .timestamp(now), .bytea(address.bytes)).first
    }

    /// What `accept` takes.
    static func values(
        _ digest: [UInt8], with hash: PasswordHash, _ session: NewSession, _ facts: [OutgoingFact]
    ) -> [Value] {
        [
            .bytea(digest), .timestamp(session.begins), .text(hash.text), .bytea(session.id.digest),
            .timestamp(session.idleUntil), .timestamp(session.expires), .bytea(session.replaces),
            .jsonb(facts.json.bytes),
        ]
    }

    /// False where it has ended meanwhile.
    func accept(_ values: [Value]) async throws -> Bool { try await !postgres.write(Self.accept, values).isEmpty }
}
