import GatehouseEventLoop

/// What became of records that were sent together.
public struct Deliveries: Sendable, Hashable {
    /// By the record's index. What is not here is acknowledged.
    public internal(set) var failures: [Int: KafkaError] = [:]

    /// The failure of the first record, in their order, that failed.
    public var firstFailure: KafkaError? { failures.min { $0.key < $1.key }?.value }
}

/// One caller's records on their way, and the caller, who waits for all of them.
final class Delivery {
    /// What is not yet handed to librdkafka begins at `next`.
    private(set) var rest: ArraySlice<Record>
    private var settled: [Bool]
    private var unsettled: Int
    private var result = Deliveries()
    private var caller: CheckedContinuation<Deliveries, Never>?
    private var deadline: (timer: Timer, events: Events)?

    init(_ records: [Record], _ caller: CheckedContinuation<Deliveries, Never>) {
        rest = records[...]
        settled = [Bool](repeating: false, count: records.count)
        unsettled = records.count
        self.caller = caller
    }

    /// After `limit` the caller goes on; what is already handed over may still arrive.
    func expire(after limit: Duration, _ events: Events) {
        deadline = (events.after(limit) { [weak self] in self?.fail(.deadline) }, events)
    }

    /// The next record has been handed over, or can never be.
    func advance() { rest = rest.dropFirst() }

    /// `failure` is nil for an acknowledged record.
    func settle(_ index: Int, _ failure: KafkaError? = nil) {
        guard caller != nil, !settled[index] else { return }
        settled[index] = true
        if let failure { result.failures[index] = failure }
        unsettled -= 1
        if unsettled == 0 { end() }
    }

    /// Ends the wait: what is not settled has failed. What is not handed over never will be.
    func fail(_ failure: KafkaError) {
        guard caller != nil else { return }
        for index in settled.indices where !settled[index] { result.failures[index] = failure }
        end()
    }

    private func end() {
        if let deadline { deadline.events.cancel(deadline.timer) }
        rest = []
        caller?.resume(returning: result)
        caller = nil
    }
}
