import GatehouseKafka
import GatehouseModel

/// A record, and the entry of the log that it is; or why it is none.
struct Reading: Sendable {
    let record: ConsumedRecord
    let entry: LogEntry?
    let refusal: String

    init(_ record: ConsumedRecord, kept: ClosedRange<Period>) {
        do throws(Problem) {
            self.init(record, try LogEntry(parsing: record.value, kept: kept), "")
        } catch {
            self.init(record, nil, error.detail)
        }
    }

    private init(_ record: ConsumedRecord, _ entry: LogEntry?, _ refusal: String) {
        self.record = record
        self.entry = entry
        // It may quote the record, and PostgreSQL has no text with U+0000.
        self.refusal = refusal.replacing("\0", with: "\u{FFFD}")
    }

    /// The same record, which PostgreSQL refuses.
    func refused(_ refusal: String) -> Reading { Reading(record, nil, refusal) }
}
