import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The list of applications, in the order of names: a page is found in an index, and only its rows are read.
struct ApplicationListStore {
    /// Where a page begins.
    struct Place: Sendable, Hashable {
        let name: ApplicationName
        let id: ClientID
    }

    let postgres: Postgres

    /// Up to `limit` applications by name, then client id, after `place`.
    func page(
        _ filter: ApplicationFilter, after place: Place?, limit: Int
    ) async throws -> [Application] {
        try await postgres.browse(
            Self.page(filter),
            .text(place?.name.text ?? ""), .text(place?.id.text ?? ""), .int8(Int64(limit)),
            .text(filter.words.map { "%\(Self.escaped($0.key))%" }), .text(filter.words?.text), .user(filter.runAs),
            .texts([filter.scope?.text].compactMap(\.self)))
    }

    /// Without the wildcards of `like`.
    private static func escaped(_ words: String) -> String {
        words.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}

extension ApplicationListStore {
    /// One statement for each set of filters: each has a plan of its own.
    static func page(_ filter: ApplicationFilter) -> Statement<Application> {
        var conditions = ["not a.deleted", "(a.name, a.client_id) > ($1, $2)"]
        // Words of closed sets stand in the text: the indexes of what is rare name them, too.
        if let definer = filter.definer { conditions.append("a.defined_by = '\(definer.rawValue)'") }
        if let flow = filter.flow { conditions.append("a.flow = '\(flow.rawValue)'") }
        if let isEnabled = filter.isEnabled { conditions.append(isEnabled ? "a.enabled" : "not a.enabled") }
        if filter.words != nil { conditions.append("(a.name_key like $4 or a.client_id = $5)") }
        if filter.runAs != nil { conditions.append("a.run_as = $6") }
        if filter.scope != nil { conditions.append("a.scopes @> $7") }
        return Statement(
            """
            with page as (
                select a.client_id from registry.application a
                where \(conditions.joined(separator: " and "))
                order by a.name, a.client_id limit $3)
            select \(Application.columns)
            from page join registry.application a on a.client_id = page.client_id \(Application.usage)
            order by a.name, a.client_id
            """, decode: Application.init(row:))
    }
}
