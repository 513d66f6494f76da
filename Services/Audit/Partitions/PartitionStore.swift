import GatehouseModel
import GatehousePostgres

/// The partitions of the log in the database, as its owner changes them.
struct PartitionStore {
    /// A table that is, or was, a partition.
    struct Found: Sendable {
        let name: String
        let isAttached: Bool
        /// A `detach concurrently` was interrupted.
        let isLeaving: Bool
    }

    static let all = Statement(
        """
        select c.relname, i.inhrelid is not null, coalesce(i.inhdetachpending, false)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid
        where n.nspname = 'audit' and c.relkind = 'r' and c.relname ~ '^event_[0-9]{8}$' order by c.relname
        """
    ) { Found(name: try $0.text(), isAttached: try $0.bool(), isLeaving: try $0.bool()) }

    let connection: Connection

    /// Whether the public topic lacks events that stand there.
    func isUnpublished(_ found: Found) async throws -> Bool {
        let unpublished = Statement(
            "select exists (select from audit.\(found.name) where sequence > (select sequence from audit.publication))"
        ) { try $0.bool() }
        return try await connection.query(unpublished).first != false
    }

    func all() async throws -> [Found] { try await connection.query(Self.all) }

    /// Made beside the log, with its bounds as a constraint, and attached: no reader waits, and nothing is scanned.
    func make(_ period: Period) async throws {
        let (name, low, high) = (period.partition, period.firstID.text, period.advanced(by: 1).firstID.text)
        try await connection.script(
            """
            create table audit.\(name) (like audit.event including all, constraint \(name)_bounds
                check (event_id is not null and event_id >= '\(low)' and event_id < '\(high)'));
            alter table audit.event attach partition audit.\(name) for values from ('\(low)') to ('\(high)')
            """)
    }

    /// Detached without a lock that readers would meet, then dropped.
    func drop(_ found: Found) async throws {
        if found.isAttached {
            let how = found.isLeaving ? "finalize" : "concurrently"
            try await connection.script("alter table audit.event detach partition audit.\(found.name) \(how)")
        }
        try await connection.script("drop table audit.\(found.name)")
    }
}
