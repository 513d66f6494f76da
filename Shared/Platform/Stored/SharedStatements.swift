package import GatehouseModel
import GatehousePostgres

/// The statements that the platform itself runs for a service.
package enum SharedStatements {
    package static func all(of service: ServiceName) -> [StatementSample] {
        let headed = Schema(rawValue: service.rawValue).map { schema in
            [ReplicaStore.sample(of: schema), Restoration(schema).sample]
                + LostCommits.samples(of: schema)
                + ([.registry, .policy].contains(schema) ? ClaimStore(schema).samples : [])
        }
        return (headed ?? []) + OutboxStore(schema: service.rawValue).samples
            + [StatementSample(LeaderSession.limit, [.text("1min")])]
    }
}
