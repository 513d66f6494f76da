import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The log as one set of filters sees it, in one order: each has statements and plans of its own.
///
/// Parameters: $1 and $2 the place, $3 … $14 the filters; then those of the statement.
struct EventStore {
    static let completeUntil = Statement("select complete_until from audit.log_head") { try $0.optionalTimestamp() }

    private let order: EventOrder
    /// What an index knows, and what must be looked at.
    private let walk: [String]
    private let look: [String]

    init(_ filter: EventFilter, _ order: EventOrder) {
        self.order = order
        var walk: [String] = []
        var look: [String] = []
        if filter.user != nil { walk.append("e.user_id = $3") }
        if filter.application != nil { walk.append("e.client_id = $4") }
        if filter.operation != nil {
            if order == .time { walk.append("e.operation = $5") } else { look.append("e.operation = $5") }
        }
        if filter.objectType != nil { look.append("e.object_type = $6") }
        if let outcome = filter.outcome {
            if outcome == .allowed { look.append("e.outcome = $7") } else { walk.append("e.outcome = $7") }
        }
        if filter.addresses != nil { look.append("e.ip between $8 and $9") }
        if filter.from != nil { walk += ["e.time >= $10", "e.event_id >= $13"] }
        if filter.to != nil { walk += ["e.time < $11", "e.event_id <= $14"] }
        if filter.text != nil { look.append("e.words like any ($12)") }
        if filter.isActivity {
            let operations = EventFilter.activity.map { "'\($0.text)'" }.joined(separator: ", ")
            look += ["e.outcome = 'allowed'", "e.operation in (\(operations))"]
        }
        self.walk = walk
        self.look = look
    }

    var looksOnTheWay: Bool { !look.isEmpty }

    /// $15 the limit, $16 and $17 the end.
    func page(after place: EventPlace?, until end: EventPlace?) -> Statement<LoggedEvent> {
        let bounds =
            begin(place)
            + (end == nil ? [] : [order == .recorded ? "e.sequence <= $16" : "(e.time, e.sequence) >= ($17, $16)"])
        return Statement(
            "select \(LoggedEvent.columns) from audit.event e where \(conditions(bounds + walk + look)) order by \(key) limit $15",
            decode: LoggedEvent.init(row:))
    }

    /// The place after $15 rows of the walk: how far one look goes.
    func end(of place: EventPlace?) -> Statement<EventPlace> {
        Statement(
            "select e.sequence, e.time from audit.event e where \(conditions(begin(place) + walk)) order by \(key) offset $15 limit 1"
        ) { EventPlace(sequence: try $0.int8(), time: try $0.timestamp()) }
    }

    private var key: String { order == .recorded ? "e.sequence" : "e.time desc, e.sequence desc" }

    private func begin(_ place: EventPlace?) -> [String] {
        if place == nil { return [] }
        return [order == .recorded ? "e.sequence > $1" : "(e.time, e.sequence) < ($2, $1)"]
    }

    private func conditions(_ all: [String]) -> String { all.isEmpty ? "true" : all.joined(separator: " and ") }

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
