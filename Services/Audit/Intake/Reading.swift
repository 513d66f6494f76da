import GatehouseKafka
import GatehouseModel

/// A record, and the entry of the log that it is; or why it is none.
struct Reading: Sendable {
    let record: ConsumedRecord
    let entry: LogEntry?
    let refusal: String

    init(_ record: ConsumedRecord, kept: ClosedRange<Period>) {
        do throws(Problem) {
            let entry = try LogEntry(parsing: record.value)
            guard kept.contains(Period(of: entry.id)) else {
                throw Problem(.validation, "The event's time lies outside what the log keeps")
            }
            self.init(record, entry, "")
        } catch {
            self.init(record, nil, error.detail)
        }
    }

    private init(_ record: ConsumedRecord, _ entry: LogEntry?, _ refusal: String) {
        self.record = record
        self.entry = entry
        self.refusal = refusal
    }

    /// The same record, which PostgreSQL refuses.
    func refused(_ refusal: String) -> Reading { Reading(record, nil, refusal) }
}
