/// What a reader of the log asks for: which events, in which order, after which place, how many at most.
///
/// A class: with all of this as its parameters, an asynchronous function loses some of it in Swift 6.3.
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
