/// Deliveries that librdkafka has no room for yet, first come, first served.
struct Backlog {
    private var deliveries: [Delivery] = []
    private var head = 0

    var isEmpty: Bool { head == deliveries.count }
    var first: Delivery? { isEmpty ? nil : deliveries[head] }

    mutating func append(_ delivery: Delivery) { deliveries.append(delivery) }

    mutating func removeFirst() {
        head += 1
        guard head == deliveries.count || head > 1024 && 2 * head > deliveries.count else { return }
        deliveries.removeFirst(head)
        head = 0
    }

    mutating func fail(_ failure: KafkaError) {
        for delivery in deliveries[head...] { delivery.fail(failure) }
        self = Backlog()
    }
}
