/// Who waits for which message in flight. A message carries the number of its receipt as its opaque, and gives it back exactly once, with
/// its delivery report; so nothing of ours is retained by C, and what a dead client holds can be failed.
struct Receipts {
    private struct Receipt {
        let delivery: Delivery
        let index: Int
    }
    private var receipts: [Receipt?] = []
    private var free: [Int] = []

    var inFlight: Int { receipts.count - free.count }

    mutating func issue(_ delivery: Delivery, _ index: Int) -> UnsafeMutableRawPointer? {
        let receipt = Receipt(delivery: delivery, index: index)
        if let number = free.popLast() {
            receipts[number] = receipt
            return opaque(number)
        }
        receipts.append(receipt)
        return opaque(receipts.count - 1)
    }

    mutating func redeem(_ opaque: UnsafeMutableRawPointer?) -> (delivery: Delivery, index: Int)? {
        let number = Int(bitPattern: opaque) - 1
        guard receipts.indices.contains(number), let receipt = receipts[number] else { return nil }
        receipts[number] = nil
        free.append(number)
        return (receipt.delivery, receipt.index)
    }

    /// Fails all that is in flight: its client is dead.
    mutating func fail(_ failure: KafkaError) {
        let dead = receipts
        receipts = []
        free = []
        for case let receipt? in dead { receipt.delivery.settle(receipt.index, failure) }
    }

    // An opaque of zero would be none.
    private func opaque(_ number: Int) -> UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: number + 1) }
}
