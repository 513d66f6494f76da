import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// How an application stands in columns. It is read under the alias `a`, be it of the table or of what a change returns.
extension Application {
    /// Of the table.
    static let stored = """
        a.client_id, a.name, a.description, a.component_kind, a.component_name, a.flow, a.redirect_uris,
        a.website_url, a.scopes, a.ip_ranges, a.run_as, a.enabled, a.jwks,
        a.secret_hint, a.secret_generation, a.secret_created_at, a.secret_created_by,
        a.revision, a.created_at, a.created_by, a.updated_at, a.updated_by
        """

    static let columns = "\(stored), used.last_used_at"

    /// When its secret was last used, as token publishes it.
    static let usage = "left join token.published_usage used on used.client_id = a.client_id"

    init(row: inout RowReader) throws {
        clientID = try row.value()
        let name = try row.value(ApplicationName.self)
        let description = try row.value(Note.self)
        let kind = try row.optionalText().map(ComponentKind.init)
        let component = try row.optionalText().map(ApplicationName.init)
        guard let flow = Flow(rawValue: try row.text()) else { throw PostgresError.decoding("the flow is unknown") }
        profile = Profile(
            name: name, description: description, flow: flow,
            redirectURIs: try row.texts().map(RedirectURI.init),
            websiteURL: try row.optionalText().map(WebsiteURL.init), scopes: try row.texts().map(Scope.init),
            ranges: try [NotedRange](json: JSON(parsing: row.jsonb())), runAs: try row.optionalUser(),
            isEnabled: try row.bool(),
            keys: try row.optionalJSONB().map { ClientKeys(stored: try JSON(parsing: $0)) })
        self.component =
            if let kind, let component { Component(kind: kind, name: component) } else { nil }
        let hint = try row.text()
        let generation = try row.int8()
        let made = Stamp(time: try row.timestamp(), user: try row.user())
        revision = try row.revision()
        created = Stamp(time: try row.timestamp(), user: try row.user())
        updated = Stamp(time: try row.timestamp(), user: try row.user())
        secret = Secret(
            hint: hint, generation: generation, created: made, lastUsed: try row.optionalTimestamp())
    }
}
