import GatehouseCrypto
import GatehouseModel
import GatehousePlatform

/// What proves that a proxy of ours asks: `X-Gatehouse-Door-Key`.
struct DoorKey: Sendable {
    private let key: [UInt8]

    /// `GATEHOUSE_DOOR_KEY`: text, as the proxy sends it.
    init(_ configuration: Configuration) throws(Configuration.Failure) {
        key = Array(try configuration.text("DOOR_KEY").utf8)
        guard key.count >= 32 else {
            throw Configuration.Failure("DOOR_KEY", "has \(key.count) characters, and needs at least 32")
        }
    }

    func opens(_ sent: UnsafeBufferPointer<UInt8>) -> Bool { equalInConstantTime(key, Array(sent)) }
}
