import GatehouseModel
import GatehousePlatform

/// What operators see of the public topic; the process that writes it shows the gauges.
final class PublicationMetrics {
    private let events: Metrics.Counter
    let failures: Metrics.Counter
    /// Until where the topic has acknowledged the log; nil where another process writes it.
    private var position: Int64?
    /// When the next event to be published happened; nil when all are.
    var oldest: Timestamp?
    var isStopped = false

    /// `head`: where the log ends.
    init(_ metrics: Metrics, head: @escaping () -> Int64) {
        events = metrics.counter("gatehouse_audit_published_total", "Events that the public topic has acknowledged")
        failures = metrics.counter(
            "gatehouse_audit_publication_failures_total", "How often publishing was interrupted, and began again")
        metrics.gauge("gatehouse_audit_published_sequence", "Until where the public topic holds the log") {
            self.position.map(Double.init)
        }
        metrics.gauge("gatehouse_audit_unpublished_events", "Events of the log that the public topic lacks") {
            self.position.map { Double(max(0, head() - $0)) }
        }
        metrics.gauge("gatehouse_audit_publication_age_seconds", "Since the oldest of them happened; 0 without one") {
            guard self.position != nil else { return nil }
            return self.oldest.map { max(0, (Timestamp.now() - $0) / .seconds(1)) } ?? 0
        }
        metrics.gauge(
            "gatehouse_audit_publication_stopped",
            "1 while the log lacks the event that the public topic must tell next"
        ) { self.isStopped ? 1 : 0 }
    }

    /// This process publishes, from there on.
    func began(at position: Int64) { self.position = position }

    func published(_ count: Int, until position: Int64) {
        events.add(count)
        self.position = position
        isStopped = false
    }

    /// This process publishes no more.
    func ended() {
        position = nil
        oldest = nil
        isStopped = false
    }
}
