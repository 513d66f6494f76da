import GatehousePostgres

/// The partitions of this service's tables, as the schema's owner changes them.
struct PartitionStore {
    /// A table that is, or was, a partition.
    struct Found: Sendable {
        let name: String
        let isAttached: Bool
        /// A `detach concurrently` was interrupted.
        let isLeaving: Bool
    }

    /// Held until the connection closes: two replicas do not make the same.
    static let lock = Statement("select pg_advisory_lock(hashtextextended('gatehouse token partitions', 0))")
    static let all = Statement(
        """
        select c.relname, i.inhrelid is not null, coalesce(i.inhdetachpending, false)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid
        where n.nspname = 'token' and c.relkind = 'r' and c.relname ~ ('^' || $1 || '_[0-9]{8}$') order by c.relname
        """
    ) { Found(name: try $0.text(), isAttached: try $0.bool(), isLeaving: try $0.bool()) }

    let connection: Connection

    func lock() async throws { _ = try await connection.query(Self.lock) }

    func all(of table: PartitionedTable) async throws -> [Found] {
        try await connection.query(Self.all, .text(table.name))
    }

    /// Made beside the table, with its bounds as a constraint, and attached: nobody waits, and nothing is scanned. Room is left in its
    /// pages, so that a changed row stays where it is.
    func make(_ bucket: Int32, of table: PartitionedTable) async throws {
        let name = table.partition(bucket)
        try await connection.script(
            """
            create table token.\(name) (like token.\(table.name) including all,
                constraint \(name)_bounds check (bucket is not null and bucket = \(bucket))) with (fillfactor = 70);
            alter table token.\(table.name) attach partition token.\(name) for values in (\(bucket))
            """)
    }

    /// Detached without a lock that others would meet, then dropped.
    func drop(_ found: Found, of table: PartitionedTable) async throws {
        if found.isAttached {
            let how = found.isLeaving ? "finalize" : "concurrently"
            try await connection.script("alter table token.\(table.name) detach partition token.\(found.name) \(how)")
        }
        try await connection.script("drop table token.\(found.name)")
    }
}
