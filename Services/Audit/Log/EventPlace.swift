import GatehouseModel

/// Where an event stands in the log: pages begin after one.
struct EventPlace: Sendable, Hashable {
    static let beginning = EventPlace(sequence: 0, time: Timestamp(microseconds: 0))

    let sequence: Int64
    let time: Timestamp

    init(sequence: Int64, time: Timestamp) {
        self.sequence = sequence
        self.time = time
    }

    /// From a cursor.
    init?(_ key: [String]) {
        guard key.count == 2, let sequence = Int64(key[0]), sequence >= 0, let microseconds = Int64(key[1]) else {
            return nil
        }
        self.init(sequence: sequence, time: Timestamp(microseconds: microseconds))
    }

    var key: [String] { ["\(sequence)", "\(time.microseconds)"] }
}
