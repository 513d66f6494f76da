import GatehouseModel
package import GatehousePostgres

/// Every statement of this service, with parameters of its types: a test prepares each against the schema.
package enum Statements {
    package struct Sample: Sendable {
        package let sql: String
        package let values: [Value]
    }

    package static let all: [Sample] =
        [
            sample(LogWriterStore.lock, []), sample(LogWriterStore.lead, []),
            sample(LogWriterStore.clusters, []),
            sample(LogWriterStore.offsets, [.text("")]),
            sample(LogWriterStore.open, [.text(""), .texts([]), .int4s([])]),
            sample(LogWriterStore.fence, [.int8(0)]),
            sample(LogWriterStore.advance, [.text(""), .texts([]), .int4s([]), .int8s([]), .int8s([])]),
            sample(LogWriterStore.append, [.int8(0)] + LogWriterStore.columns([])),
            sample(LogWriterStore.name, [.uuids([]), .texts([]), .timestamptzs(microsSince1970: [])]),
            sample(
                DeadLetterStore.bury,
                [.text(""), .text(""), .int4(0), .int8(0), .bytea(nil), .bytea(nil), .text("")]),
            sample(LogWriterStore.complete, [.timestamptz(microsSince1970: 0), .int8(0)]),
            sample(PublicationStore.take, [.int8(0)]), sample(PublicationStore.next, [.int8(0)]),
            sample(PublicationStore.stand, [.int8(0), .int8(0)]),
            sample(PublicationStore.advance, [.int8(0), .int8(0), .int8(0)]),
            sample(EventStore.completeUntil, []), sample(PersonStore.named, [.uuids([])]),
            sample(PersonStore.search, [.text("")]),
        ] + filters.flatMap { filter in EventOrder.allCases.flatMap { pages(filter, $0) } }

    /// Those that an index must serve, however long the log is.
    package static let walks: [Sample] =
        [
            EventFilter(), EventFilter(user: UserID(hi: 0, lo: 7)),
            EventFilter(application: try? ClientID(String(repeating: "7", count: 32))), EventFilter(outcome: .denied),
        ].flatMap { filter in EventOrder.allCases.flatMap { pages(filter, $0) } }
        + [sample(PublicationStore.next, [.int8(10_000)])]

    /// How a page is found: the first of the list, and one in the middle.
    private static func pages(_ filter: EventFilter, _ order: EventOrder) -> [Sample] {
        let store = EventStore(filter, order)
        let place = EventPlace(sequence: 10_000, time: Timestamp(microseconds: 10_000_000_000))
        let values = EventStore.values(filter, after: place, ["%a%"])
        let end =
            order == .recorded
            ? EventPlace(sequence: 20_000, time: place.time) : EventPlace(sequence: 0, time: Timestamp(microseconds: 0))
        let page = values + [.int8(50), .int8(end.sequence), .timestamptz(microsSince1970: end.time.microseconds)]
        return [
            sample(store.page(after: nil, until: nil), page), sample(store.page(after: place, until: place), page),
            sample(store.end(of: place), values + [.int8(100)]),
        ]
    }

    private static func sample<Row>(_ statement: Statement<Row>, _ values: [Value]) -> Sample {
        Sample(sql: statement.sql, values: values)
    }

    /// None, each alone, and all.
    private static let filters: [EventFilter] = [
        EventFilter(), EventFilter(from: Timestamp(microseconds: 1)), EventFilter(to: Timestamp(microseconds: 1)),
        EventFilter(user: .system), EventFilter(application: try? ClientID(String(repeating: "a", count: 32))),
        EventFilter(operation: .call), EventFilter(objectType: .api), EventFilter(outcome: .allowed),
        EventFilter(outcome: .denied), EventFilter(addresses: try? AddressRange("192.0.2.0/24")),
        EventFilter(text: "a"), EventFilter(isActivity: true),
        EventFilter(
            from: Timestamp(microseconds: 1), to: Timestamp(microseconds: 1), user: .system,
            application: try? ClientID(String(repeating: "a", count: 32)), operation: .call, objectType: .api,
            outcome: .denied, addresses: try? AddressRange("192.0.2.0/24"), text: "a", isActivity: true),
    ]
}
