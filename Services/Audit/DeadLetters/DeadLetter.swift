/// A record that could not stand in the log, as it came.
struct DeadLetter: Sendable {
    let position: Int64
    let value: [UInt8]?
}
