package import GatehousePlatform
import GatehousePostgres

/// Every statement of this service, with parameters of its types: a test prepares each against the schema.
package enum Statements {
    package static let all: [StatementSample] =
        hot + [
            StatementSample(RevocationStore.revoke, [.text(""), .text(""), time, .jsonb(Array("[]".utf8))]),
            StatementSample(RevocationStore.revision, [.text("")]), StatementSample(RevocationStore.purge, [time]),
            StatementSample(KeyStore.all), StatementSample(KeyStore.lock),
            StatementSample(KeyStore.add, [.text(""), .jsonb(Array("{}".utf8)), .bytea([]), time, time]),
            StatementSample(KeyStore.expire, [time]),
            StatementSample(UsageStore.note, [.texts([]), .timestamptzs(microsSince1970: [])]),
            StatementSample(AssertionStore.use, [client, .bytea([UInt8](repeating: 0, count: 32)), time]),
            StatementSample(AssertionStore.sweep),
        ]

    /// What stands between a request and its answer.
    package static let hot = [
        StatementSample(ClientStore.client, [client, address]),
        StatementSample(ClientStore.clientWithKeys, [client, address]),
        StatementSample(IntrospectionStore.inspect, [client, address] + token),
        StatementSample(IntrospectionStore.inspectWithKeys, [client, address] + token),
    ]

    private static let client = Value.text(String(repeating: "a", count: 32))
    private static let token: [Value] = [client, .int8(1), .uuid(0), .int8(1), .text(""), .text("")]
    private static let address = Value.bytea([UInt8](repeating: 0, count: 16))
    private static let time = Value.timestamptz(microsSince1970: 0)
}
