import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rows by which replicas of policy show that they live, and what they have applied.
struct ReplicaStore {
    private static let applied = """
        applied_registry = greatest(applied_registry, $2), applied_policy = greatest(applied_policy, $3),
        applied_token = greatest(applied_token, $4)
        """
    private static let heads = """
        (select incarnation from registry.published_head), (select revision from registry.published_head),
        (select incarnation from policy.head), (select revision from policy.head),
        (select incarnation from token.published_head), (select revision from token.published_head)
        """

    static let join = Statement("insert into policy.replica (id, state, ttl_ms) values ($1, 'joining', $2)")
    static let live = Statement("update policy.replica set renewals = renewals + 1 where id = $1")
    static let activate = Statement(
        "update policy.replica set state = 'active', \(applied) where id = $1 and state = 'joining'")
    static let renew = Statement(
        "update policy.replica set renewals = renewals + 1, \(applied) where id = $1 returning \(heads)",
        decode: Heads.init(row:))
    static let apply = Statement("update policy.replica set \(applied) where id = $1 and state = 'active'")
    static let leave = Statement("delete from policy.replica where id = $1")
    static let all = Statement("select id, ttl_ms, renewals from policy.replica") { row in
        try ReplicaRow(id: row.uuid(), timeToLive: .milliseconds(row.int4()), renewals: row.int8(), applied: 0)
    }
    /// By compare: a replica that has renewed meanwhile keeps its row.
    static let sweep = Statement("delete from policy.replica where id = $1 and renewals = $2")
    static let allHeads = Statement("select \(heads)", decode: Heads.init(row:))
}

extension Heads {
    init(row: inout RowReader) throws {
        func head() throws -> Head { Head(incarnation: try row.uuid(), revision: try row.revision()) }
        self.init(registry: try head(), policy: try head(), token: try head())
    }
}
