package import GatehousePlatform
import GatehousePostgres

/// Every statement of this service, with parameters of its types: a test prepares each against the schema.
package enum Statements {
    package static let all: [StatementSample] =
        hot + [
            StatementSample(RevocationStore.revoke, [.text(""), .text(""), time, .jsonb(Array("[]".utf8))]),
            StatementSample(RevocationStore.revision, [.text("")]), StatementSample(RevocationStore.purge, [time]),
            StatementSample(RevocationStore.userName, [id]),
            StatementSample(KeyStore.all), StatementSample(KeyStore.lock),
            StatementSample(KeyStore.add, [.text(""), .jsonb(Array("{}".utf8)), .bytea([]), time, time]),
            StatementSample(KeyStore.expire, [time]),
            StatementSample(CodeStore.add, consent), StatementSample(CodeStore.used, [digest, bucket, client]),
            StatementSample(RefreshStore.standing, [id, bucket, client, time]),
            StatementSample(RefreshStore.family, [id, bucket, client]),
            StatementSample(GrantStore.page, [id, time, .text(""), id, .int8(50)]),
            StatementSample(GrantStore.find, [id]), StatementSample(GrantStore.user, [id]),
            StatementSample(GrantStore.end, [.uuids([]), time, time, .jsonb(Array("[]".utf8))]),
            StatementSample(GrantStore.revision, [.uuids([])]),
            StatementSample(PushedRequestStore.add, [digest, bucket, client, .jsonb(Array("{}".utf8)), time]),
            StatementSample(PushedRequestStore.take, [digest, bucket, client, time]),
            StatementSample(AuthorizationStore.application, [client]),
            StatementSample(PartitionStore.lock, isHosts: true),
            StatementSample(PartitionStore.all, [.text("")], isHosts: true),
            StatementSample(UsageStore.note, [.texts([]), .timestamptzs(microsSince1970: [])]),
            StatementSample(AssertionStore.use, [client, .bytea([UInt8](repeating: 0, count: 32)), time]),
            StatementSample(AssertionStore.sweep),
        ] + people

    /// Of passwords, invitations and sessions.
    package static let people = [
        StatementSample(AccountStore.find, [.uuid(0)]),
        StatementSample(PasswordStore.set, [.uuid(0), .text(""), time, .uuid(0), .int8(0), facts]),
        StatementSample(InvitationStore.make, [.uuid(0), digest, time, .uuid(0), time, .int8(0), facts]),
        StatementSample(InvitationStore.find, [digest, time, address]),
        StatementSample(InvitationStore.accept, [digest, time, .text(""), digest, time, time, .bytea(nil), facts]),
        StatementSample(InvitationStore.sweep, [time]), StatementSample(SessionStore.find, [digest, time, address]),
        StatementSample(SessionStore.touch, [digest, time]), StatementSample(SessionStore.end, [digest, facts]),
        StatementSample(SessionStore.endAll, [.uuid(0), facts]), StatementSample(SessionStore.sweep, [time]),
        StatementSample(SignInStore.find, [.text("ann@example.com"), address]),
        StatementSample(
            SignInStore.begin,
            [.uuid(0), digest, .int8(0), time, time, time, .bytea(nil), .text(nil), facts]),
    ]

    /// What stands between a request and its answer.
    package static let hot = [
        StatementSample(ClientStore.client, [client, address]),
        StatementSample(ClientStore.clientWithKeys, [client, address]),
        StatementSample(IntrospectionStore.inspect, [client, address] + token),
        StatementSample(IntrospectionStore.inspectWithKeys, [client, address] + token),
        StatementSample(IntrospectionStore.inspectRefresh, [client, address] + refresh),
        StatementSample(IntrospectionStore.inspectRefreshWithKeys, [client, address] + refresh),
        StatementSample(
            CodeStore.exchange, [digest, bucket, client, .text(""), digest, time, digest, time, bucket]),
        StatementSample(
            RefreshStore.rotate, [id, bucket, client, .int8(1), digest, digest, time, time, .texts([])]),
    ]

    private static let client = Value.text(String(repeating: "a", count: 32))
    private static let token: [Value] = [client, .int8(1), .uuid(0), .int8(1), .text(""), .text("")]
    private static let address = Value.bytea([UInt8](repeating: 0, count: 16))
    private static let refresh: [Value] = [id, bucket, .int8(1), digest, time]
    private static let consent = [
        digest, bucket, id, id, client, .texts([]), .text(""), .text(""), digest, digest, .text(""), .text(""),
        .int8(1), time, time, time, .jsonb(Array("[]".utf8)),
    ]
    private static let id = Value.uuid(1)
    private static let bucket = Value.int4(20_000)
    private static let digest = Value.bytea([UInt8](repeating: 0, count: 32))
    private static let facts = Value.jsonb(Array("[]".utf8))
    private static let time = Value.timestamptz(microsSince1970: 0)
}
