import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// Every statement of this service, with parameters of its types: a test prepares each against the schema.
package enum Statements {
    package static let all: [StatementSample] =
        [
            sample(
                ApplicationStore.create,
                change + profile + ranges + secret + [.text(nil), .text(nil), .text(nil), .jsonb(nil)] + claim),
            sample(
                ApplicationStore.replace,
                change + profile + ranges + [.int8(0), .bool(true), .text(nil), .jsonb(nil)]),
            sample(ApplicationStore.delete, change + [.int8(0)]),
            sample(
                SecretStore.rotate,
                change + secret + [.bool(true), .uuid(0), .texts([]), .int8(nil), .text(nil)] + claim),
            sample(SecretStore.revokeTokens, change + [.int8(nil)] + claim),
            sample(IssuedStore.find, .text(""), .text(""), .text(""), .timestamptz(microsSince1970: 0)),
            sample(RunAsLock.share, .uuid(0)),
            sample(PublishedStore.user, .uuid(0)),
            sample(PublishedStore.known, .texts([])),
            sample(PublishedStore.scopes),
            sample(AttentionStore.attention, .texts([])),
            sample(PublishedStore.componentKinds),
            sample(ApplicationStore.findComponent, .text(""), .text("")),
            StatementSample(BootstrapStore.lock, isHosts: true),
            StatementSample(BootstrapStore.isFirst, isHosts: true),
        ] + reads

    /// What only reads: the look-up, and the list without a filter, by each alone, and by all.
    package static let reads =
        [sample(ApplicationStore.find, .text(""))] + filters.map { sample(ApplicationListStore.page($0), page) }

    private static func sample<Row>(_ statement: Statement<Row>, _ values: Value...) -> StatementSample {
        StatementSample(statement, values)
    }

    private static func sample<Row>(_ statement: Statement<Row>, _ values: [Value]) -> StatementSample {
        StatementSample(statement, values)
    }

    private static let change: [Value] = [
        .text(""), .timestamptz(microsSince1970: 0), .uuid(0), .jsonb(Array("[]".utf8)),
    ]
    private static let profile: [Value] = [
        .text(""), .text(""), .text(""), .texts([]), .text(nil), .texts([]), .uuid(nil), .bool(true),
    ]
    private static let ranges: [Value] = [.jsonb(nil), .byteas([]), .byteas([])]
    private static let secret: [Value] = [.bytea([]), .text(""), .text("")]
    private static let claim: [Value] = (nil as Claim?).values(keeping: [])
    private static let page: [Value] = [
        .text(""), .text(""), .int8(51), .text("%abc1%"), .text("abc1"), .uuid(1), .texts(["read:rare"]),
    ]

    private static let filters: [ApplicationFilter] = [
        ApplicationFilter(), ApplicationFilter(definer: .user), ApplicationFilter(flow: .clientCredentials),
        ApplicationFilter(isEnabled: true), ApplicationFilter(words: try? ApplicationName("a")),
        ApplicationFilter(runAs: .system), ApplicationFilter(scope: try? Scope("a")),
        ApplicationFilter(
            definer: .user, flow: .clientCredentials, isEnabled: false, words: try? ApplicationName("a"),
            runAs: .system, scope: try? Scope("a")),
    ]
}
