import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Grants: those of a user, and their ends.
struct GrantStore {
    /// The application and the user of a row `g`.
    static let parties = """
        registry.published_credentials c on c.client_id = g.client_id
        join policy.published_users u on u.id = g.user_id
        """
    /// Whether nothing has ended `g` that ends others with it: both epochs stand, and who gave it is active (04 § Epochs).
    static let stands = """
        c.enabled and c.flow = 'authorization_code' and g.epoch >= c.min_epoch
        and u.active and not u.deleted and g.user_epoch >= u.min_epoch
        """
    private static let columns = """
        g.id, g.bucket, g.user_id, u.name, g.client_id, c.name, g.scopes, c.scopes, g.created_at, g.last_used_at,
        g.expires_at
        """
    /// Disabled applications included: enabled again, they go on (A26).
    private static let isLive = """
        g.ended_at is null and c.flow = 'authorization_code' and g.epoch >= c.min_epoch
        and u.active and not u.deleted and g.user_epoch >= u.min_epoch
        """

    static let page = Statement(
        """
        select \(columns) from token.consent g join \(parties)
        where g.user_id = $1 and g.expires_at > $2 and \(isLive) and ($3::text is null or (c.name, g.id) > ($3, $4))
        order by c.name, g.id limit $5
        """, decode: LiveGrant.init(row:))
    static let find = Statement(
        "select \(columns) from token.consent g join \(parties) where g.id = $1 and g.ended_at is null",
        decode: LiveGrant.init(row:))
    static let user = Statement("select from policy.published_users where id = $1 and not deleted")

    static let end = Statement(
        """
        with gone as (select id, bucket, client_id from token.consent where id = any ($1) and ended_at is null),
             \(Outbox.head(of: .token, where: "exists (select from gone)")),
             changed as (insert into token.revocation (kind, id, client_id, expires_at, revision)
                         select 'grant', gone.id::text, gone.client_id, $3, head.revision from gone, head
                         on conflict do nothing returning revision),
             ended as (update token.consent g set ended_at = $2 from gone, head
                       where g.id = gone.id and g.bucket = gone.bucket and g.ended_at is null),
             \(Outbox.told(in: .token, "$4"))
        select revision from changed
        """
    ) { try $0.revision() }
    static let revision = Statement(
        """
        select revision from token.revocation where kind = 'grant' and id = any (array(select unnest($1::uuid[])::text))
        order by revision desc limit 1
        """
    ) { try $0.revision() }

    /// Where a page of the list begins.
    final class Place: Sendable {
        let name: String
        let id: ID<Grant>

        init(name: String, id: ID<Grant>) {
            self.name = name
            self.id = id
        }
    }

    let postgres: Postgres

    func page(of user: UserID, after place: Place?, limit: Int, at now: Timestamp) async throws -> [LiveGrant] {
        let id: Value = place.map { .id($0.id) } ?? .uuid(nil)
        return try await postgres.browse(
            Self.page, .user(user), .timestamp(now), .text(place?.name), id, .int8(Int64(limit)))
    }

    func isKnown(_ user: UserID) async throws -> Bool { try await !postgres.read(Self.user, .user(user)).isEmpty }

    /// Nil for one that has ended.
    func find(_ id: ID<Grant>) async throws -> LiveGrant? { try await postgres.query(Self.find, .id(id)).first }

    /// The revision that must be seen everywhere: that of an earlier end, where there was one.
    func end(_ ids: [ID<Grant>], facts: [OutgoingFact], at now: Timestamp, until: Timestamp) async throws -> Revision {
        let made = try await postgres.change(
            Self.end, Self.keys(ids), .timestamp(now), .timestamp(until), .jsonb(facts.json.bytes))
        if let revision = made.first { return revision }
        return try await revision(of: ids) ?? .none
    }

    /// The last end of these; nil where there was none.
    func revision(of ids: [ID<Grant>]) async throws -> Revision? {
        try await postgres.query(Self.revision, Self.keys(ids)).first
    }

    private static func keys(_ ids: [ID<Grant>]) -> Value { .uuids(ids.map { UInt128($0.hi) << 64 | UInt128($0.lo) }) }
}
