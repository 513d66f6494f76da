import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Reads the log, page by page.
///
/// Filters that have an index are the walk; the others are looked at on the way, and a page looks at a bounded number of rows: it may hold
/// fewer events than asked for, and its cursor leads on.
struct LogReader {
    private static let window: Int64 = 20_000
    private static let windows = 10

    /// Events in their order, and where to go on; nil at the end.
    final class Found {
        let events: [LoggedEvent]
        let next: EventPlace?

        init(_ events: [LoggedEvent], next: EventPlace?) {
            self.events = events
            self.next = next
        }
    }

    let postgres: Postgres

    /// `named`: the users whose names hold the filter's text.
    func page(_ list: EventList, named: [UserID]) async throws -> Found {
        let store = EventStore(list.filter, list.order)
        let patterns = list.filter.text.map { text in ([text] + named.map(\.text)).map(\.likePattern) } ?? []
        var events: [LoggedEvent] = []
        var place = list.after
        for _ in 0..<Self.windows {
            let values = EventStore.values(list.filter, after: place, patterns)
            let end =
                store.looksOnTheWay
                ? try await postgres.search(store.end(of: place), values + [.int8(Self.window - 1)]).first : nil
            events += try await postgres.search(
                store.page(after: place, until: end),
                values + [
                    .int8(Int64(list.limit + 1 - events.count)), .int8(end?.sequence),
                    .timestamptz(microsSince1970: end?.time.microseconds),
                ])
            if events.count > list.limit {
                events.removeLast()
                return Found(events, next: events.last?.place)
            }
            guard let end else { return Found(events, next: nil) }
            place = end
        }
        return Found(events, next: place)
    }

    /// Until when the order of time is complete; nil while that is not known.
    func completeUntil() async throws -> Timestamp? {
        try await postgres.read(EventStore.completeUntil).first ?? nil
    }
}

extension String {
    fileprivate var likePattern: String {
        "%\(lowercased().replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_"))%"
    }
}
