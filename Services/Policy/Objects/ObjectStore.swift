import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The table `policy.object`.
struct ObjectStore {
    /// A decision waits no longer for a row: its proxy would give up, too.
    private static let patience = Duration.milliseconds(500)

    let postgres: Postgres

    /// What stands where an object is to be written.
    struct Place: Sendable {
        let isOfKnownType: Bool
        /// Those of the domains it is to lie in that exist.
        let known: Set<DomainName>
        let old: RegisteredObject?
    }

    /// What became of a change.
    struct Written: Sendable {
        /// Those of the domains that exist, and will while this change commits.
        let known: Set<DomainName>
        /// False: another was faster, or a domain does not exist.
        let isDone: Bool
    }

    /// For a decision: read from the primary, and not there is not read.
    func domains(of object: ObjectReference) async -> AccessRequest.ObjectDomains {
        do {
            let rows = try await postgres.query(
                Self.find, [.text(object.type.text), .text(object.id.text)], within: Self.patience)
            return rows.first.map { .known($0) } ?? .unknown
        } catch { return .unreadable }
    }

    /// What is there now, and of what `object` names, what exists.
    func look(at object: RegisteredObject) async throws(Problem) -> Place {
        let (type, id) = (object.object.type, object.object.id)
        let found = try await postgres.read(
            Self.look, .text(type.text), .text(id.text), .texts(object.domains.map(\.text))
        ).first
        guard let found else { return Place(isOfKnownType: false, known: [], old: nil) }
        return Place(
            isOfKnownType: found.isOfKnownType, known: found.known,
            old: found.domains.map { RegisteredObject(object: object.object, domains: $0) })
    }

    func create(_ object: RegisteredObject, _ fact: OutgoingFact) async throws(Problem) -> Written {
        try await write(Self.create, Self.values(object) + [.jsonb([fact].json.bytes)])
    }

    /// Nothing is done where the object is not as `old` any more.
    func replace(
        _ old: RegisteredObject, with new: RegisteredObject, _ fact: OutgoingFact
    ) async throws(Problem) -> Written {
        try await write(Self.replace, Self.values(new) + [.jsonb([fact].json.bytes), Self.domains(of: old)])
    }

    /// False where the object is not as `old` any more.
    func delete(_ old: RegisteredObject, _ fact: OutgoingFact) async throws(Problem) -> Bool {
        try await postgres.write(Self.delete, Self.values(old) + [.jsonb([fact].json.bytes)]).first ?? false
    }

    private func write(_ statement: Statement<Written>, _ values: [Value]) async throws(Problem) -> Written {
        guard let written = try await postgres.write(statement, values).first else {
            throw Problem(.internalError, "The object was not written.")
        }
        return written
    }

    private static func values(_ object: RegisteredObject) -> [Value] {
        [.text(object.object.type.text), .text(object.object.id.text), domains(of: object)]
    }

    /// In order, so that equal sets are equal arrays.
    private static func domains(of object: RegisteredObject) -> Value { .texts(object.domains.sorted().map(\.text)) }
}

extension ObjectStore {
    static let find = Statement("select domains from policy.object where type = $1 and id = $2") { row in
        try row.domains()
    }

    static let look = Statement(
        """
        select document -> 'object_types' @> jsonb_build_array(jsonb_build_object('type', $1::text)),
               array(select name from policy.domain where name = any ($3) and not deleted)::text[],
               o.type is not null, coalesce(o.domains, '{}')
        from policy.catalogue left join policy.object o on o.type = $1 and o.id = $2
        """
    ) { row in
        let isOfKnownType = try row.bool()
        let known = try row.domains()
        let isThere = try row.bool()
        let domains = try row.domains()
        return (isOfKnownType: isOfKnownType, known: known, domains: isThere ? domains : nil)
    }

    /// Domains that exist, kept from being deleted until this commits: the lock sees the row as it is then, not as it was when the
    /// statement began.
    private static let held = """
        held as materialized (
            select name from policy.domain where name = any ($3) and not deleted order by name for key share)
        """
    private static let allAreHeld = "(select count(*) from held) = cardinality($3)"
    private static let told = Outbox.toldUncounted(in: .policy, "$4")

    static let create = Statement(
        """
        with \(held),
            changed as (
                insert into policy.object (type, id, domains) select $1, $2, $3 where \(allAreHeld)
                on conflict (type, id) do nothing
                returning type),
            \(told)
        select array(select name from held)::text[], exists (select from changed)
        """, decode: Written.init(row:))

    static let replace = Statement(
        """
        with \(held),
            changed as (
                update policy.object set domains = $3
                where type = $1 and id = $2 and domains = $5 and \(allAreHeld)
                returning type),
            \(told)
        select array(select name from held)::text[], exists (select from changed)
        """, decode: Written.init(row:))

    static let delete = Statement(
        """
        with changed as (
                delete from policy.object where type = $1 and id = $2 and domains = $3
                returning type),
            \(told)
        select exists (select from changed)
        """
    ) { row in try row.bool() }

    /// It is what it says for as long as the transaction that asks has the domain locked.
    static let isInUse = Statement("select exists (select from policy.object where domains @> array[$1::text])") {
        row in
        try row.bool()
    }
}

extension ObjectStore.Written {
    fileprivate init(row: inout RowReader) throws {
        known = try row.domains()
        isDone = try row.bool()
    }
}

extension RowReader {
    fileprivate mutating func domains() throws -> Set<DomainName> { Set(try texts().map(DomainName.init)) }
}
