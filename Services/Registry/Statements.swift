import GatehouseModel
package import GatehousePostgres

/// Every statement of this service, with parameters of its types: a test prepares each against the schema.
package enum Statements {
    package struct Sample: Sendable {
        package let sql: String
        package let values: [Value]
    }

    package static let all: [Sample] =
        [
            sample(ApplicationStore.find, .text("")),
            sample(ApplicationStore.create, change + profile + ranges + secret + [.text("client_credentials")]),
            sample(ApplicationStore.replace, change + profile + ranges + [.int8(0), .bool(true)]),
            sample(ApplicationStore.delete, change + [.int8(0)]),
            sample(SecretStore.rotate, change + secret + [.bool(true), .uuid(0), .texts([]), .int8(nil)]),
            sample(SecretStore.revokeTokens, change + [.int8(nil)]),
            sample(PublishedStore.user, .uuid(0)),
            sample(PublishedStore.known, .texts([])),
            sample(PublishedStore.scopes),
            sample(BootstrapStore.lock),
            sample(BootstrapStore.isFirst),
        ] + filters.map { sample(ApplicationListStore.page($0), page) }

    private static func sample<Row>(_ statement: Statement<Row>, _ values: Value...) -> Sample {
        Sample(sql: statement.sql, values: values)
    }

    private static func sample<Row>(_ statement: Statement<Row>, _ values: [Value]) -> Sample {
        Sample(sql: statement.sql, values: values)
    }

    private static let change: [Value] = [
        .text(""), .timestamptz(microsSince1970: 0), .uuid(0), .jsonb(Array("[]".utf8)),
    ]
    private static let profile: [Value] = [
        .text(""), .text(""), .text(""), .texts([]), .text(nil), .texts([]), .uuid(nil), .bool(true),
    ]
    private static let ranges: [Value] = [.jsonb(nil), .byteas([]), .byteas([])]
    private static let secret: [Value] = [.bytea([]), .text(""), .text("")]
    private static let page: [Value] = [
        .text(""), .text(""), .int8(0), .text(nil), .text(nil), .uuid(nil), .texts([]),
    ]

    /// None, and each alone.
    private static let filters: [ApplicationFilter] = [
        ApplicationFilter(), ApplicationFilter(definer: .user), ApplicationFilter(flow: .clientCredentials),
        ApplicationFilter(isEnabled: true), ApplicationFilter(words: try? ApplicationName("a")),
        ApplicationFilter(runAs: .system), ApplicationFilter(scope: try? Scope("a")),
    ]
}
