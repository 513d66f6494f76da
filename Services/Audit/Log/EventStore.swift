import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Reads the log, page by page.
///
/// Filters that have an index are the walk; the others are looked at on the way, and a page looks at a bounded number of rows: it may hold
/// fewer events than asked for, and its cursor leads on.
struct EventStore {
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

    static let completeUntil = Statement("select complete_until from audit.log_head") { try $0.optionalTimestamp() }

    let postgres: Postgres

    /// `named`: the users whose names hold the filter's text.
    func page(
        _ filter: EventFilter, _ order: EventOrder, after place: EventPlace?, limit: Int, named: [UserID]
    ) async throws(Problem) -> Found {
        let sql = EventStatements(filter, order)
        let patterns = filter.text.map { text in ([text] + named.map(\.text)).map(\.likePattern) } ?? []
        var events: [LoggedEvent] = []
        var place = place
        for _ in 0..<Self.windows {
            let values = Self.values(filter, after: place, patterns)
            let end =
                sql.looksOnTheWay
                ? try await search(sql.end(of: place), values + [.int8(Self.window - 1)]).first : nil
            events += try await search(
                sql.page(after: place, until: end),
                values + [
                    .int8(Int64(limit + 1 - events.count)), .int8(end?.sequence),
                    .timestamptz(microsSince1970: end?.time.microseconds),
                ])
            if events.count > limit {
                events.removeLast()
                return Found(events, next: events.last?.place)
            }
            guard let end else { return Found(events, next: nil) }
            place = end
        }
        return Found(events, next: place)
    }

    /// Until when the order of time is complete; nil while that is not known.
    func completeUntil() async throws(Problem) -> Timestamp? {
        try await postgres.read(Self.completeUntil).first ?? nil
    }

    private func search<Row>(_ statement: Statement<Row>, _ values: [Value]) async throws(Problem) -> [Row] {
        do throws(PostgresError) { return try await postgres.search(statement, values) } catch { throw Problem(error) }
    }

    static func values(_ filter: EventFilter, after place: EventPlace?, _ patterns: [String]) -> [Value] {
        [
            .int8(place?.sequence), .timestamptz(microsSince1970: place?.time.microseconds), .user(filter.user),
            .text(filter.application?.text), .text(filter.operation?.text), .text(filter.objectType?.text),
            .text(filter.outcome?.text), .bytea(filter.addresses?.first.bytes), .bytea(filter.addresses?.last.bytes),
            .timestamptz(microsSince1970: filter.from?.microseconds),
            .timestamptz(microsSince1970: filter.to?.microseconds), .texts(patterns),
            .uuid(filter.from.map { ($0 - LogEntry.slack).firstID }),
            .uuid(filter.to.map { ($0 + LogEntry.slack).firstID }),
        ]
    }
}

extension Timestamp {
    /// The lowest UUIDv7 of that millisecond.
    fileprivate var firstID: UInt128 { UInt128(UInt64(clamping: microseconds / 1000)) << 80 }
}

extension String {
    fileprivate var likePattern: String {
        "%\(lowercased().replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_"))%"
    }
}
