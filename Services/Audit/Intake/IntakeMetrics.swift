import GatehouseModel
import GatehousePlatform

/// What operators see of the intake.
final class IntakeMetrics {
    private let metrics: Metrics
    let records: Metrics.Counter
    let events: Metrics.Counter
    let deadLetters: Metrics.Counter
    var isLeader = false
    var isStopped = false
    var sequence: Int64 = 0
    var lag: [Topic: Int64] = [:]

    init(_ metrics: Metrics) {
        self.metrics = metrics
        records = metrics.counter("gatehouse_audit_records_total", "Records taken from the topics")
        events = metrics.counter("gatehouse_audit_events_total", "Events added to the log")
        deadLetters = metrics.counter("gatehouse_audit_dead_letters_total", "Records that could not stand in the log")
        metrics.gauge("gatehouse_audit_leader", "1 at the process that writes the log") { self.isLeader ? 1 : 0 }
        metrics.gauge("gatehouse_audit_stopped", "1 while the intake waits for an operator") { self.isStopped ? 1 : 0 }
        metrics.gauge("gatehouse_audit_sequence", "The log's newest sequence, at its writer") { Double(self.sequence) }
        for topic in Intake.topics {
            metrics.gauge(
                "gatehouse_audit_lag_records", "Records on the topic that are not in the log yet",
                [("topic", topic.name)]
            ) { Double(self.lag[topic] ?? 0) }
        }
    }
}
