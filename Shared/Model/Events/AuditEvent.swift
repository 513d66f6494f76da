import GatehouseJSON

/// An event of the public topic, `gatehouse.audit.v1`: everything that the audit log holds, in its order.
///
/// Members, types and names that are newer than this library are passed over, or kept as they are; what `fact` does not tell stands in
/// `event.data`. The same event may come more than once, with one `id` and one `sequence`.
public struct AuditEvent: Hashable, Sendable {
    public let event: Event
    /// The place in the log: 1, 2, 3 … over all partitions. A number that never comes is an event that was lost on the way.
    public let sequence: Int64
    public let fact: Fact

    public var id: ID<Event> { event.id }

    /// Reads the value of a record; the problem names what makes it no event of the audit log.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        event = try Event(parsing: bytes)
        var fields = try Fields(.object(event.data))
        let sequence = fields.required("sequence", as: Int64.self)
        if let sequence, sequence < 1 { fields.refuse("sequence", "must be positive") }
        fields.passOverOthers()
        guard let sequence, fields.areValid else { throw fields.problem }
        self.sequence = sequence
        fact = try Fact(event.data)
    }
}
