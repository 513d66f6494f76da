import GatehouseModel

extension Metrics {
    /// Whether what happened is told, and how late. Every replica sees the age, the leader alone can help it.
    func mount(_ relay: OutboxRelay) {
        gauge("gatehouse_outbox_age_seconds", "Since the oldest fact that no topic has acknowledged; 0 without one") {
            relay.oldest.map { max(0, (Timestamp.now() - $0).seconds) } ?? 0
        }
        gauge("gatehouse_outbox_leader", "1 at the process that relays") { relay.isLeader ? 1 : 0 }
        counter("gatehouse_outbox_relayed_total", "Facts that this process has relayed") { relay.relayed }
    }
}
