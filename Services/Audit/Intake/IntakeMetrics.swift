import GatehouseModel
import GatehousePlatform

/// What operators see of the intake.
final class IntakeMetrics {
    private let records: Metrics.Counter
    private let events: Metrics.Counter
    private let batches: Histogram
    private var batch = 0
    private(set) var sequence: Int64 = 0
    let deadLetters: Metrics.Counter
    var isLeader = false
    var isStopped = false
    /// How many records are fetched and not in the log yet.
    var fetched: () -> Int = { 0 }
    var lag: [Topic: Int64] = [:]

    init(_ metrics: Metrics, _ partitions: Partitions) {
        records = metrics.counter("gatehouse_audit_records_total", "Records taken from the topics")
        events = metrics.counter("gatehouse_audit_events_total", "Events added to the log")
        deadLetters = metrics.counter("gatehouse_audit_dead_letters_total", "Records that could not stand in the log")
        batches = metrics.histogram("gatehouse_audit_batch_seconds", "The transactions that write records into the log")
        metrics.gauge("gatehouse_audit_batch_records", "Records of the newest transaction") { Double(self.batch) }
        metrics.gauge("gatehouse_audit_fetched_records", "Records that wait in this process") { Double(self.fetched()) }
        metrics.gauge("gatehouse_audit_leader", "1 at the process that writes the log") { self.isLeader ? 1 : 0 }
        metrics.gauge("gatehouse_audit_stopped", "1 while the intake waits for an operator") { self.isStopped ? 1 : 0 }
        metrics.gauge("gatehouse_audit_sequence", "The log's newest sequence, at its writer") { Double(self.sequence) }
        for topic in Intake.topics {
            metrics.gauge(
                "gatehouse_audit_lag_records", "Records on the topic that are not in the log yet",
                [("topic", topic.name)]
            ) { self.lag[topic].map(Double.init) }
        }
        metrics.gauge(
            "gatehouse_audit_held_partitions", "Partitions beyond their time that hold what is not published yet"
        ) { Double(partitions.held) }
    }

    /// This process writes the log, which ends there.
    func began(at end: Int64) {
        isLeader = true
        sequence = end
    }

    /// A transaction is committed: so many records, of which so many events were new, and the log ends there.
    func wrote(_ count: Int, events new: Int64, until end: Int64, in time: Duration) {
        records.add(count)
        events.add(Int(new))
        batches.observe(time)
        batch = count
        sequence = end
    }

    /// This process writes the log no more.
    func ended() {
        isLeader = false
        lag = [:]
    }
}
