public import GatehouseEventLoop
public import GatehouseModel

/// Facts that are counted rather than told one by one: one event per key and period, with its `count` (02 § Losing nothing).
///
/// A killed process loses at most what it counted in the last two periods of a second.
public final class Tally<Key: Hashable> {
    private struct Entry {
        var count: Int
        let since: Timestamp
    }

    private static var batch: Int { 500 }
    /// Keys at once: beyond it nobody may count until some are written.
    private let limit: Int
    private let period: Duration
    private let recorder: Recorder
    private let core: Core
    private let events: Events
    private let fact: (Key, Int, Timestamp) -> OutgoingFact
    private var entries: [Key: Entry] = [:]
    /// What a period has counted, and is still to be told.
    private var closed: [(key: Key, entry: Entry)] = []
    private var unwritten: [OutgoingFact] = []
    private var failing: ContinuousClock.Instant?

    /// `fact` builds the event of a key from its count and the moment of the first.
    public init(
        every period: Duration, limit: Int = 100_000, _ recorder: Recorder, on core: isolated Core,
        fact: @escaping (Key, Int, Timestamp) -> OutgoingFact
    ) {
        self.period = period
        self.limit = limit
        self.recorder = recorder
        self.core = core
        events = core.events
        self.fact = fact
    }

    /// False when what was counted cannot be written for two periods, or there is no room: the caller must refuse.
    public func count(_ key: Key, at now: Timestamp) -> Bool {
        if let failing, failing.duration(to: .now) > period * 2 { return false }
        if let index = entries.index(forKey: key) {
            entries.values[index].count += 1
            return true
        }
        guard entries.count + closed.count + unwritten.count < limit else { return false }
        entries[key] = Entry(count: 1, since: now)
        return true
    }

    /// Until the task is cancelled; then what is left is written.
    public func run() async {
        while !Task.isCancelled {
            try? await events.sleep(for: period)
            await write()
        }
        await write()
    }

    /// In a task of its own: the end of the service must not cut it short.
    private func write() async { await core.start { await self.flush() }.value }

    private func flush() async {
        closed += entries.map { ($0, $1) }
        entries = [:]
        while true {
            // A batch at a time: between two of them the core serves others.
            if unwritten.isEmpty {
                unwritten = closed.suffix(Self.batch).map { fact($0.key, $0.entry.count, $0.entry.since) }
                closed.removeLast(unwritten.count)
            }
            guard !unwritten.isEmpty else { break }
            do {
                // The same ids at every try: a batch that arrived though nobody said so is counted once.
                try await recorder.record(unwritten)
            } catch {
                failing = failing ?? .now
                return
            }
            unwritten = []
        }
        failing = nil
    }
}
