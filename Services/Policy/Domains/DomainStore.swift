import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The table `policy.domain`.
struct DomainStore {
    let postgres: Postgres

    /// Up to `limit` domains by name, after `name`.
    func list(after name: DomainName?, limit: Int) async throws(Problem) -> [Domain] {
        try await postgres.read(Self.list, .text(name?.text ?? ""), .int8(Int64(limit)))
    }

    func find(_ name: DomainName) async throws(Problem) -> Domain? {
        try await postgres.read(Self.find, .text(name.text)).first
    }

    /// Those of `names` that exist.
    func known(_ names: some Collection<DomainName>) async throws(Problem) -> Set<DomainName> {
        names.isEmpty ? [] : Set(try await postgres.read(Self.known, .texts(names.map(\.text))))
    }

    /// Nil where the domain exists.
    func create(
        _ name: DomainName, _ change: Change, once claim: Claim?, keeping answer: [UInt8]
    ) async throws(Problem) -> Revision? {
        try await postgres.write(Self.create, Self.values(name, change), once: claim, keeping: answer)
    }

    /// The first of `create`.
    static func values(_ name: DomainName, _ change: Change) -> [Value] { [.text(name.text)] + change.values }

    /// Nil where the domain is no longer at that revision. A conflict while a user has it, or an object lies in it.
    func delete(_ domain: Domain, _ change: Change) async throws(Problem) -> Revision? {
        do {
            // Where a million objects lie, the index tells of all of them before the first: nothing to wait for with the head in hand.
            try await postgres.transaction(readOnly: true, on: .searches) { connection in
                try await connection.query(Self.byIndex)
                try Self.demandNoObject(await connection.query(ObjectStore.isInUse, .text(domain.name.text)))
            }
            return try await postgres.transaction { connection in
                // Before the look: objects that were on their way into the domain are seen, and none comes meanwhile (04 § Heads). The head
                // first, as everybody takes it.
                try await connection.query(CatalogueStore.lock)
                try await connection.query(Self.lock, .text(domain.name.text))
                try Self.demandNoObject(await connection.query(ObjectStore.isInUse, .text(domain.name.text)))
                return try await connection.query(
                    Self.delete, [.text(domain.name.text)] + change.values + [.revision(domain.revision)]
                ).first
            }
        } catch let error as PostgresError {
            throw Problem(error, Self.refusals)
        } catch { throw Problem(of: error) }
    }

    private static func demandNoObject(_ found: [Bool]) throws(Problem) {
        guard found == [false] else { throw Problem(.conflict, "The domain is in use: objects lie in it.") }
    }

    private static let refusals = [
        "account_domain_domain": Problem(.conflict, "The domain is in use: take it from its users first.")
    ]
}

extension DomainStore {
    static let list = Statement(
        "select name, revision from policy.domain where not deleted and name > $1 order by name limit $2",
        decode: Domain.init(row:))

    static let find = Statement(
        "select name, revision from policy.domain where name = $1 and not deleted", decode: Domain.init(row:))

    static let known = Statement("select name from policy.domain where name = any ($1) and not deleted") { row in
        try row.value(DomainName.self)
    }

    private static let once = ClaimClauses(in: .policy, from: 5)

    /// A name that was deleted comes back as a new domain.
    static let create = Statement(
        """
        with \(once.mine),
            \(Change.head(where: "\(once.isMine) and not exists (select from policy.domain where name = $1 and not deleted)")),
            changed as (
                insert into policy.domain as d (name, revision, created_at, created_by, updated_at, updated_by)
                select $1, head.revision, $2, $3, $2, $3 from head
                on conflict (name) do update set
                    deleted = false, revision = excluded.revision, created_at = $2, created_by = $3,
                    updated_at = $2, updated_by = $3
                where d.deleted
                returning d.revision),
            \(Change.told),
            \(once.answered())
        select revision from changed
        """, decode: Revision.init(row:))

    /// For the rest of the transaction, objects are looked for by their index: the planner would expect to find one soon, and read ten
    /// million where there is none.
    static let byIndex = Statement<Void>("select set_config('enable_seqscan', 'off', true)")

    /// The same, with the domain's row locked against objects that are on their way.
    static let lock = Statement<Void>(
        "select set_config('enable_seqscan', 'off', true) from policy.domain where name = $1 for update")

    static let delete = Statement(
        """
        with \(Change.head(where: "exists (select from policy.domain where name = $1 and revision = $5 and not deleted)")),
            changed as (
                update policy.domain d set deleted = true, revision = head.revision, updated_at = $2, updated_by = $3
                from head where d.name = $1 and d.revision = $5 and not d.deleted
                returning d.revision),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))
}

extension Domain {
    fileprivate init(row: inout RowReader) throws {
        name = try DomainName(row.text())
        revision = try row.revision()
    }
}
