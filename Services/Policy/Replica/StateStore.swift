import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// What policy decides on, as the three schemas publish it. All reads of one transaction see one snapshot, with its heads.
struct StateStore {
    private static let applications = StateRows(
        """
        select client_id, name, component_kind, scopes, enabled, min_epoch, deleted, revision,
               array(select low from registry.published_ranges r where r.client_id = a.client_id order by low)::bytea[],
               array(select high from registry.published_ranges r where r.client_id = a.client_id order by low)::bytea[]
        from registry.published_applications a where revision > $1
        """,
        every: """
            select a.client_id, a.name, a.component_kind, a.scopes, a.enabled, a.min_epoch, a.deleted, a.revision,
                   coalesce(r.lows, '{}'), coalesce(r.highs, '{}')
            from registry.published_applications a left join (
                select client_id, array_agg(low) as lows, array_agg(high) as highs
                from registry.published_ranges group by client_id) r on r.client_id = a.client_id
            """, decode: ApplicationEntry.init(row:))
    private static let users = StateRows(
        """
        select id, name, active, min_epoch, deleted, revision, all_domains,
               array(select role from policy.account_role r where r.account = a.id)::text[],
               array(select domain from policy.account_domain d where d.account = a.id)::text[]
        from policy.account a where revision > $1
        """,
        every: """
            select a.id, a.name, a.active, a.min_epoch, a.deleted, a.revision, a.all_domains,
                   coalesce(r.roles, '{}'), coalesce(d.domains, '{}')
            from policy.account a
                left join (select account, array_agg(role) as roles from policy.account_role group by account) r
                    on r.account = a.id
                left join (select account, array_agg(domain) as domains from policy.account_domain group by account) d
                    on d.account = a.id
            """, decode: UserEntry.init(row:))
    private static let roles = StateRows(
        """
        select name, deleted, revision,
               array(select permission from policy.role_permission p where p.role = r.name)::text[]
        from policy.role r where revision > $1
        """, decode: RoleEntry.init(row:))
    private static let catalogue = StateRows("select document, revision from policy.catalogue where revision > $1") {
        row in try Revised(value: Catalogue(parsing: row.jsonb()), revision: row.revision())
    }
    private static let networks = StateRows(
        """
        select array(select low from policy.network_range order by low)::bytea[],
               array(select high from policy.network_range order by low)::bytea[], revision
        from policy.network_list where revision > $1
        """
    ) { row in try Revised(value: row.ranges(), revision: row.revision()) }
    private static let keys = StateRows(
        "select kid, jwk, expires_at, deleted, revision from token.published_keys where revision > $1",
        decode: PublishedKey.init(row:))
    private static let revocations = StateRows(
        "select kind, id, expires_at, revision from token.published_revocations where revision > $1",
        decode: RevocationEntry.init(row:))

    private static let rows: [[StatementSample]] = [
        applications.samples, users.samples, roles.samples, catalogue.samples, networks.samples, keys.samples,
        revocations.samples,
    ]
    /// Of each kind of rows, what has changed since a revision.
    static let pulls = rows.map { $0[0] }
    /// Everything, and the heads.
    static let lists = rows.map { $0[1] } + heads.values.map { StatementSample($0) }

    private static let heads = Dictionary(
        uniqueKeysWithValues: Schema.allCases.map { schema in
            (
                schema,
                Statement("select incarnation, revision from \(schema.rawValue).published_head") { row in
                    Head(incarnation: try row.uuid(), revision: try row.revision())
                }
            )
        })

    /// Everything, page by page.
    static func list(_ connection: Connection, _ take: (StatePage) -> Void) async throws -> Heads {
        Heads(
            registry: try await read(.registry, after: nil, connection, take),
            policy: try await read(.policy, after: nil, connection, take),
            token: try await read(.token, after: nil, connection, take))
    }

    /// What has changed since `revision`, and the head to which that leads: never the newest row's revision, for the newest change
    /// may have touched no row that is published.
    static func read(
        _ schema: Schema, after revision: Revision?, _ connection: Connection, _ take: (StatePage) -> Void
    ) async throws -> Head {
        guard let statement = heads[schema], let head = try await connection.query(statement).first else {
            throw PostgresError.decoding("the schema \(schema) has no head")
        }
        switch schema {
        case .registry:
            try await applications.read(after: revision, connection) { take(.applications($0)) }
        case .policy:
            try await roles.read(after: revision, connection) { take(.roles($0)) }
            try await users.read(after: revision, connection) { take(.users($0)) }
            try await catalogue.read(after: revision, connection) { take(.catalogue($0)) }
            try await networks.read(after: revision, connection) { take(.networks($0)) }
        case .token:
            try await keys.read(after: revision, connection) { take(.keys($0)) }
            try await revocations.read(after: revision, connection) { take(.revocations($0)) }
        }
        return head
    }
}

/// A query for what is newer than `$1`; everything is read through a cursor, by a query of its own where one look-up a row would be slow.
private struct StateRows<Row: Sendable>: Sendable {
    private static var page: Int { 1_000 }

    private let changed: Statement<Row>
    private let declare: Statement<Void>
    private let fetch: Statement<Row>
    private let close: Statement<Void>

    init(_ sql: String, every: String? = nil, decode: @escaping @Sendable (inout RowReader) throws -> Row) {
        // A name for each kind of row: a prepared `fetch` is bound to its columns.
        let cursor = "every_\(Row.self)".filter { $0.isLetter || $0 == "_" }.lowercased()
        changed = Statement(sql, decode: decode)
        declare = Statement("declare \(cursor) no scroll cursor for \(every ?? sql.replacing("$1", with: "-1"))")
        fetch = Statement("fetch \(Self.page) from \(cursor)", decode: decode)
        close = Statement("close \(cursor)")
    }

    var samples: [StatementSample] { [StatementSample(changed, [.int8(0)]), StatementSample(declare)] }

    func read(after revision: Revision?, _ connection: Connection, _ take: ([Row]) -> Void) async throws {
        if let revision {
            let rows = try await connection.query(changed, .revision(revision))
            if !rows.isEmpty { take(rows) }
            return
        }
        try await connection.query(declare)
        try await connection.drain(fetch, take)
        try await connection.query(close)
    }
}

// MARK: - The rows

extension ApplicationEntry {
    private static let scopes = KnownNames<Scope>()

    fileprivate init(row: inout RowReader) throws {
        self.init(
            clientID: try row.value(), name: try row.text(),
            component: try row.optionalText().map { try ComponentKind($0) },
            scopes: try row.texts().map(Self.scopes.name), isEnabled: try row.bool(), minEpoch: try row.int8(),
            isDeleted: try row.bool(), revision: try row.revision())
        ranges = try row.ranges()
    }
}

extension UserEntry {
    private static let roleNames = KnownNames<RoleName>()
    private static let domainNames = KnownNames<DomainName>()

    fileprivate init(row: inout RowReader) throws {
        self.init(
            id: try row.user(), name: try row.text(), isActive: try row.bool(), minEpoch: try row.int8(),
            isDeleted: try row.bool(), revision: try row.revision())
        let hasAllDomains = try row.bool()
        roles = try row.texts().map(Self.roleNames.name)
        let names = try row.texts().map(Self.domainNames.name)
        domains = hasAllDomains ? .all : .some(Set(names))
    }
}

extension RoleEntry {
    fileprivate init(row: inout RowReader) throws {
        self.init(
            name: try row.value(), permissions: [], isDeleted: try row.bool(), revision: try row.revision())
        permissions = try row.texts().map { try Permission($0) }
    }
}

extension PublishedKey {
    fileprivate init(row: inout RowReader) throws {
        let id = try row.text()
        jwk = try JWK(JSON(parsing: row.jsonb()))
        // One without a successor has no end yet.
        let expires = try row.optionalTimestamp() ?? .latest
        entry = KeyEntry(id: id, expires: expires, isDeleted: try row.bool(), revision: try row.revision())
    }
}

extension RevocationEntry {
    fileprivate init(row: inout RowReader) throws {
        let kind = try row.text()
        let id = try row.text()
        let subject: Subject = kind == "grant" ? .grant(try ID(id)) : .token(try ID(id))
        self.init(subject: subject, expires: try row.timestamp(), revision: try row.revision())
    }
}

extension RowReader {
    /// Two columns: the lower and the upper bounds, in order.
    fileprivate mutating func ranges() throws -> AddressRanges {
        let lows = try byteas()
        let highs = try byteas()
        return AddressRanges(
            try zip(lows, highs).map { low, high in
                guard let low = Address(bytes: low), let high = Address(bytes: high) else {
                    throw PostgresError.decoding("a bound of an IP list has not 16 bytes")
                }
                return AddressRanges.Bounds(low: low, high: high)
            })
    }
}
