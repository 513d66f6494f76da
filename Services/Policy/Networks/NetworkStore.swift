import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The tables `policy.network_list`, `policy.network` and `policy.network_range`, and the lists that registry publishes.
struct NetworkStore {
    let postgres: Postgres

    func find() async throws(Problem) -> GeneralList? { try await postgres.read(Self.find).first }

    /// Nil where the list is no longer at that revision.
    func replace(_ list: GeneralList, with ranges: [NotedRange], _ change: Change) async throws(Problem) -> Revision? {
        let bounds = AddressRanges(ranges.map(\.range)).bounds
        return try await postgres.write(
            Self.replace,
            [.revision(list.revision)] + change.values + [
                .texts(ranges.map(\.range.description)), .texts(ranges.map(\.note.text)),
                .byteas(bounds.map(\.low.bytes)), .byteas(bounds.map(\.high.bytes)),
            ]
        ).first
    }

    /// What the application's own list says of an address; nil where there is no such application.
    func verdict(of client: ClientID, on address: Address) async throws(Problem) -> NetworkVerdict? {
        try await postgres.read(Self.verdict, .text(client.text), .bytea(address.bytes)).first
    }
}

extension NetworkStore {
    static let find = Statement(
        """
        select
            array(select range from policy.network order by position) as ranges,
            array(select note from policy.network order by position) as notes,
            revision
        from policy.network_list
        """
    ) { row in
        let ranges = try row.texts().map(AddressRange.init)
        let notes = try row.texts().map(Note.init)
        return GeneralList(ranges: zip(ranges, notes).map(NotedRange.init), revision: try row.revision())
    }

    /// The old rows are counted before the new ones go in: the keys are theirs until then.
    static let replace = Statement(
        """
        with \(Change.head(where: "exists (select from policy.network_list where revision = $1)")),
            changed as (
                update policy.network_list l set revision = head.revision, updated_at = $2, updated_by = $3
                from head where l.revision = $1
                returning l.revision),
            gone as (delete from policy.network using changed returning position),
            gone_ranges as (delete from policy.network_range using changed returning low),
            entries as (
                insert into policy.network (position, range, note)
                select entry.position, entry.range, entry.note
                from changed, (select count(*) from gone) as cleared,
                    unnest($5::text[], $6::text[]) with ordinality as entry (range, note, position)),
            ranges as (
                insert into policy.network_range (low, high, revision)
                select bounds.low, bounds.high, changed.revision
                from changed, (select count(*) from gone_ranges) as cleared,
                    unnest($7::bytea[], $8::bytea[]) as bounds (low, high)),
            \(Change.told)
        select revision from changed
        """, decode: Revision.init(row:))

    static let verdict = Statement(
        """
        select
            exists (select from registry.published_ranges r where r.client_id = a.client_id) as is_restricted,
            found.low, found.high
        from registry.published_applications a left join lateral (
            select r.low, r.high from registry.published_ranges r
            where r.client_id = a.client_id and r.low <= $2
            order by r.low desc limit 1
        ) found on found.high >= $2
        where a.client_id = $1 and not a.deleted
        """
    ) { row in
        let isRestricted = try row.bool()
        let low = try row.optionalBytea().flatMap(Address.init(bytes:))
        let high = try row.optionalBytea().flatMap(Address.init(bytes:))
        guard let low, let high else { return NetworkVerdict(allowed: !isRestricted, range: nil) }
        return NetworkVerdict(allowed: true, range: AddressRanges.Bounds(low: low, high: high).text)
    }
}
