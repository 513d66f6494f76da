import GatehouseModel

/// Thirty days, counted since 1970: what one partition of the log holds.
struct Period: Hashable, Comparable, Strideable {
    private static let length: UInt64 = 30 * 86_400_000

    let number: Int

    init(number: Int) { self.number = number }

    init(of time: Timestamp) { number = Int(UInt64(clamping: time.microseconds / 1000) / Self.length) }

    /// That of an event, by the milliseconds in its id (RFC 9562 §5.7).
    init(of id: ID<Event>) { number = Int(id.milliseconds / Self.length) }

    /// `event_20261101`, by the first day: names sort as their periods do.
    var partition: String {
        let day = Timestamp(microseconds: Int64(start * 1000)).text.prefix(10)
        return "event_" + day.filter { $0 != "-" }
    }

    /// The lowest id that may lie in it.
    var firstID: ID<Event> { ID(milliseconds: start) }

    private var start: UInt64 { UInt64(number) * Self.length }

    func distance(to other: Period) -> Int { other.number - number }
    func advanced(by count: Int) -> Period { Period(number: number + count) }
}

extension ID {
    /// When it was made.
    var milliseconds: UInt64 { hi >> 16 }

    /// The lowest of a millisecond.
    init(milliseconds: UInt64) { self.init(hi: milliseconds << 16, lo: 0) }
}
