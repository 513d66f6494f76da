import GatehousePlatform
import Testing

@Suite struct `What a waiter concludes from silence` {
    let start = ContinuousClock.now
    func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }
    func row(_ renewals: Int64, ttl: Int = 2000) -> ReplicaRow {
        ReplicaRow(id: 1, timeToLive: .milliseconds(ttl), renewals: renewals, applied: 0)
    }

    @Test func `a row that stands still for its TTL and the margin has lapsed, and not a moment earlier`() {
        var silences = Silences()
        silences.observe([row(7)], received: at(10))
        #expect(!silences.lapsed(row(7), waitingSince: at(0), asked: at(2209)))
        #expect(silences.lapsed(row(7), waitingSince: at(0), asked: at(2210)))
    }

    @Test func `each renewal begins the count anew`() {
        var silences = Silences()
        silences.observe([row(7)], received: at(10))
        silences.observe([row(8)], received: at(2000))
        #expect(!silences.lapsed(row(8), waitingSince: at(0), asked: at(2300)))
        #expect(silences.lapsed(row(8), waitingSince: at(0), asked: at(4200)))
    }

    @Test func `silence before the waiter began does not count: a renewal may be under way`() {
        var silences = Silences()
        silences.observe([row(7)], received: at(0))
        silences.observe([row(7)], received: at(5000))
        #expect(!silences.lapsed(row(7), waitingSince: at(5000), asked: at(7100)))
        #expect(silences.lapsed(row(7), waitingSince: at(5000), asked: at(7200)))
    }

    @Test func `the row's own TTL decides`() {
        var silences = Silences()
        silences.observe([row(7, ttl: 10000)], received: at(0))
        #expect(!silences.lapsed(row(7, ttl: 10000), waitingSince: at(0), asked: at(10999)))
        #expect(silences.lapsed(row(7, ttl: 10000), waitingSince: at(0), asked: at(11000)))
    }

    @Test func `a row that was away is counted anew`() {
        var silences = Silences()
        silences.observe([row(7)], received: at(0))
        silences.observe([], received: at(1000))
        silences.observe([row(7)], received: at(2000))
        #expect(!silences.lapsed(row(7), waitingSince: at(0), asked: at(4000)))
    }
}
