import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The table `token.session`.
struct SessionStore {
    /// Rows that one statement sweeps.
    static let batch = 500

    /// Whether the general list allows the address of a parameter: an empty one restricts nothing.
    static func generalListAllows(_ address: String) -> String {
        "not exists (select from policy.published_networks) or policy.published_networks_allow(\(address))"
    }

    /// One whose user has been deactivated is dead by its `uep`, as a token is.
    static let find = Statement(
        """
        select s.digest, s.user_id, u.name, u.email, s.uep, s.created_at, s.idle_until, s.expires_at,
               \(generalListAllows("$3"))
        from token.session s join token.password p on p.user_id = s.user_id and p.epoch = s.epoch
            join policy.published_users u on u.id = s.user_id
        where s.digest = $1 and s.idle_until > $2 and s.expires_at > $2
            and u.active and not u.deleted and s.uep >= u.min_epoch
        """, decode: Session.init(row:))

    static let touch = Statement("update token.session set idle_until = $2 where digest = $1 and idle_until < $2")

    static let end = Statement(
        """
        with changed as (delete from token.session where digest = $1 returning user_id),
            \(Outbox.toldUncounted(in: .token, "$2"))
        select from changed
        """)

    /// All of a user's: they are of an earlier epoch from now on.
    static let endAll = Statement(
        """
        with changed as (update token.password set epoch = epoch + 1 where user_id = $1 returning user_id),
            \(Outbox.toldUncounted(in: .token, "$2"))
        select from changed
        """)

    static let sweep = Statement(
        """
        delete from token.session where ctid = any (array(
            select ctid from token.session
            where expires_at <= $1 order by expires_at limit \(batch) for update skip locked))
        """)

    let postgres: Postgres

    func find(_ digest: [UInt8], from address: Address, at now: Timestamp) async throws -> Session? {
        try await postgres.read(Self.find, .bytea(digest), .timestamp(now), .bytea(address.bytes)).first
    }

    func touch(_ digest: [UInt8], until idle: Timestamp) async throws {
        _ = try await postgres.write(Self.touch, [.bytea(digest), .timestamp(idle)])
    }

    func end(_ session: Session, _ facts: [OutgoingFact]) async throws {
        _ = try await postgres.write(Self.end, [.bytea(session.digest), .jsonb(facts.json.bytes)])
    }

    func endAll(of session: Session, _ facts: [OutgoingFact]) async throws {
        _ = try await postgres.write(Self.endAll, [.user(session.user.id), .jsonb(facts.json.bytes)])
    }

    /// Removes some of what has ended, and of the links that have; whether there may be more.
    func sweep(at now: Timestamp) async throws -> Bool {
        let sessions = try await postgres.write(Self.sweep, [.timestamp(now)]).count
        let invitations = try await postgres.write(InvitationStore.sweep, [.timestamp(now)]).count
        return max(sessions, invitations) == Self.batch
    }
}
