import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The names of persons, which stand beside the log (07 § Erasure).
struct PersonStore {
    static let named = Statement("select user_id, name, erased from audit.person where user_id = any ($1)") {
        (try $0.user(), Person(name: try $0.text(), isErased: try $0.bool()))
    }
    static let search = Statement(
        "select user_id from audit.person where strpos(lower(name), $1) > 0 order by named_at desc limit 100"
    ) { try $0.user() }

    let postgres: Postgres

    func named(in events: [LoggedEvent]) async throws -> [UserID: Person] {
        let ids = Set(events.flatMap(\.persons))
        guard !ids.isEmpty else { return [:] }
        let rows = try await postgres.read(Self.named, .uuids(ids.map { UInt128($0.hi) << 64 | UInt128($0.lo) }))
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Those whose names hold `text`.
    func search(_ text: String) async throws -> [UserID] {
        try await postgres.browse(Self.search, .text(text.lowercased()))
    }
}
