import GatehouseModel

/// Counts failed authentications by the minute. It answers failures only: a right secret always passes, so that no stranger can lock
/// a client out.
final class FailureLimits {
    private struct Key: Hashable {
        let client: String
        let address: Address
    }
    /// Beyond it the oldest minute is forgotten as a whole: a flood of addresses takes bounded memory.
    private static let room = 100_000

    private let perClient: Int
    private let perAddress: Int
    private var minute: Int64 = 0
    private var byClient: [Key: Int] = [:]
    private var byAddress: [Address: Int] = [:]

    /// Failures in a minute: for each client and address, and for each address.
    init(perClient: Int, perAddress: Int) {
        self.perClient = perClient
        self.perAddress = perAddress
    }

    /// Counts one more. Answers the seconds until the next minute when there were too many in this one.
    func fail(client: String, address: Address, at now: Timestamp) -> Int? {
        let current = now.seconds / 60
        if current != minute || byAddress.count >= Self.room || byClient.count >= Self.room {
            minute = current
            byClient.removeAll(keepingCapacity: true)
            byAddress.removeAll(keepingCapacity: true)
        }
        byClient[Key(client: client, address: address), default: 0] += 1
        byAddress[address, default: 0] += 1
        let isOver =
            byClient[Key(client: client, address: address), default: 0] > perClient
            || byAddress[address, default: 0] > perAddress
        return isOver ? Int(60 - now.seconds % 60) : nil
    }
}
