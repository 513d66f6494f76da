import GatehouseModel
import GatehousePlatform

extension Metrics {
    /// What an operator sees of a replica.
    func mount(_ replica: Replica, _ sweeper: Sweeper, _ wakeUps: WakeUps) {
        gauge("gatehouse_lease_left_seconds", "For how long this replica may decide without another renewal") {
            replica.lease.deadline.map { max(0, ContinuousClock.now.duration(to: $0).seconds) } ?? 0
        }
        gauge("gatehouse_state_age_seconds", "Since the renewal that proved the state fresh; -1 without one") {
            replica.lease.age(at: .now())?.seconds ?? -1
        }
        for schema in Schema.allCases {
            gauge("gatehouse_applied_revision", "The head that this replica has reached", [("schema", schema.rawValue)])
            { replica.held.applied.map { Double($0[schema].revision.number) } ?? -1 }
        }
        gauge("gatehouse_replicas", "Rows of replicas, joining ones included") { Double(sweeper.replicas) }
        counter("gatehouse_wake_ups_total", "Records that told of a change") { wakeUps.count }
        counter("gatehouse_pulls_total", "Reads of what has changed") { replica.pulls }
        mount(wakeUps.consumer, of: WakeUps.topics)
    }
}
