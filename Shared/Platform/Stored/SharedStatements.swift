package import GatehouseModel
import GatehousePostgres

/// The statements that the platform itself runs for a service.
package enum SharedStatements {
    package static func all(of service: ServiceName) -> [StatementSample] {
        let barrier = Schema(rawValue: service.rawValue).map { [ReplicaStore.sample(of: $0)] } ?? []
        return barrier + OutboxStore(schema: service.rawValue).samples
    }
}
