package import GatehousePlatform
import GatehousePostgres

/// Every statement of the replica protocol, with parameters of its types: a test prepares each against the schema.
package enum ReplicaStatements {
    package static let all: [StatementSample] =
        [
            StatementSample(ReplicaStore.join, [.uuid(0), .int4(5000)]),
            StatementSample(ReplicaStore.live, [.uuid(0)]),
            StatementSample(ReplicaStore.activate, applied), StatementSample(ReplicaStore.renew, applied),
            StatementSample(ReplicaStore.tell, applied), StatementSample(ReplicaStore.leave, [.uuid(0)]),
            StatementSample(ReplicaStore.all), StatementSample(ReplicaStore.sweep, [.uuid(0), .int8(0)]),
        ] + StateStore.lists + pulls

    /// What has changed since a revision.
    package static let pulls = StateStore.pulls

    private static let applied: [Value] = [.uuid(0), .int8(0), .int8(0), .int8(0)]
}
