import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of the general IP list.
struct NetworkAdministration {
    private let store: NetworkStore

    init(_ postgres: Postgres) { store = NetworkStore(postgres: postgres) }

    func find() async throws(Problem) -> GeneralList {
        guard let list = try await store.find() else { throw GeneralList.absent }
        return list
    }

    /// The whole list. One that does not hold its author's address must be confirmed: nobody locks themselves out unawares.
    func replace(
        with body: JSON, confirmed: Bool, if condition: EntityTag.Condition, by author: Author
    ) async throws(Problem) -> GeneralList {
        var fields = try Fields(body)
        let ranges = fields.required("items", as: [NotedRange].self, atMost: NotedRange.most)
        if let again = AddressRange.duplicate(in: (ranges ?? []).map(\.range)) {
            fields.refuse("items[\(again)].range", "is listed twice")
        }
        guard let ranges, fields.areValid else { throw fields.problem }
        return try await replace(with: ranges, confirmed: confirmed, if: condition, by: author)
    }

    /// `policy unlock`: nobody is shut out any more.
    func empty(by author: Author) async throws(Problem) {
        _ = try await replace(with: [], confirmed: true, if: .none, by: author)
    }

    private func replace(
        with ranges: [NotedRange], confirmed: Bool, if condition: EntityTag.Condition, by author: Author
    ) async throws(Problem) -> GeneralList {
        try await GeneralList.change(if: condition, store.find) { list throws(Problem) in
            if list.ranges == ranges { return list }
            guard confirmed || Self.keeps(author, ranges) else {
                throw Problem(
                    .conflict,
                    "This list would shut you out\(author.ip.map { ", at \($0)" } ?? ""): ?confirm_lockout=true saves it all the same."
                )
            }
            let change = Change([.generalList(from: list.ranges, to: ranges, by: author)], by: author)
            guard let revision = try await store.replace(list, with: ranges, change) else { return nil }
            return GeneralList(ranges: ranges, revision: revision)
        }
    }

    private static func keeps(_ author: Author, _ ranges: [NotedRange]) -> Bool {
        if ranges.isEmpty { return true }
        guard let ip = author.ip else { return false }
        return ranges.contains { $0.range.contains(ip) }
    }

    /// What the lists say of an address: both must allow it (A7).
    func test(_ body: JSON) async throws(Problem) -> JSON {
        var fields = try Fields(body)
        let address = fields.required("ip", as: Address.self)
        let client = fields.optional("client_id", as: ClientID.self)
        guard let address, fields.areValid else { throw fields.problem }
        let list = try await find()
        let general = NetworkVerdict(allowed: list.allows(address), range: list.range(of: address)?.description)
        var own: NetworkVerdict?
        if let client {
            own = try await store.verdict(of: client, on: address)
            if own == nil { throw Problem(field: "client_id", "must be the client ID of an application") }
        }
        return [
            "general": general.json, "application": own?.json ?? .null,
            "allowed": .bool(general.allowed && own?.allowed ?? true),
        ]
    }
}

extension OutgoingFact {
    /// Tells what went and what came, not the whole list.
    fileprivate static func generalList(from old: [NotedRange], to new: [NotedRange], by author: Author) -> OutgoingFact
    {
        let (before, after) = (Set(old), Set(new))
        let gone = old.filter { !after.contains($0) }
        let come = new.filter { !before.contains($0) }
        return .access(
            .ipRangesUpdated, .update, ("ip-ranges", .ipRange, "general", "General IP list"),
            [FieldChange("items", from: .array(gone.map(\.json)), to: .array(come.map(\.json)))], by: author)
    }
}
