/// What a reader of the log asks for: which events, in which order, after which place, how many at most.
///
/// A class: asynchronous functions of Swift 6.3 go wrong where their parameters do not fit into registers.
final class EventList: Sendable {
    let filter: EventFilter
    let order: EventOrder
    let after: EventPlace?
    let limit: Int

    init(_ filter: EventFilter, _ order: EventOrder, after: EventPlace?, limit: Int) {
        self.filter = filter
        self.order = order
        self.after = after
        self.limit = limit
    }
}
