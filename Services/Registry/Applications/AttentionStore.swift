import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What is to be looked at, told by what policy publishes at the moment.
struct AttentionStore {
    /// Beyond so many ranges it is no short read any more.
    private static let most = 1_000

    let postgres: Postgres

    /// The same applications, each with what it needs attention for.
    func marked(_ applications: [Application]) async throws -> [Application] {
        guard !applications.isEmpty else { return [] }
        let ids = Value.texts(applications.map(\.clientID.text))
        let found =
            applications.reduce(0) { $0 + $1.profile.ranges.count } > Self.most
            ? try await postgres.browse(Self.attention, ids) : try await postgres.read(Self.attention, ids)
        let attention = Dictionary(found.map { ($0.id, $0.attention) }) { first, _ in first }
        return applications.map { application in
            var application = application
            application.attention = attention[application.clientID] ?? []
            return application
        }
    }

    static let attention = Statement(
        """
        select a.client_id,
            \(isRunAs) and not coalesce(u.active, false),
            \(isRunAs) and coalesce(u.active, false) and exists (
                select from policy.published_catalogue c
                where c.kind = 'scope_permission' and c.name = any (a.scopes)
                group by c.name having not bool_or(c.words = '' or c.words = any (u.permissions))),
            exists (select from policy.published_networks) and exists (
                select from registry.application_range r
                where r.client_id = a.client_id and not coalesce((
                    select n.high >= r.high from policy.published_networks n
                    where n.low <= r.low order by n.low desc limit 1), false)),
            exists (
                select from unnest(a.scopes) scope where not exists (
                    select from policy.published_catalogue c where c.kind = 'scope' and c.name = scope)),
            a.component_kind is not null and not exists (
                select from policy.published_catalogue c where c.kind = 'internal_kind' and c.name = a.component_kind)
        from registry.application a left join lateral (
            select active, permissions from policy.published_users where id = a.run_as and not deleted offset 0
        ) u on true
        where a.client_id = any ($1)
        """
    ) { row in
        let id = try row.value(ClientID.self)
        return (id: id, attention: try Attention.allCases.filter { _ in try row.bool() })
    }

    private static let isRunAs = "a.flow = 'client_credentials' and a.defined_by = 'user'"
}
