import GatehouseCrypto
import GatehouseModel
import GatehousePlatform

/// The name of a pushed request (RFC 9126 §2.2): good once, by its own client, for a short while.
///
/// A class, like all that asynchronous functions take here: see `OAuthRequest`.
final class PushedRequest: Sendable {
    static let life = Duration.seconds(90)
    private static let prefix = "urn:ietf:params:oauth:request_uri:"

    /// Where its row lies.
    let bucket: Int32
    private let id: ID<PushedRequest>

    init(expires: Timestamp, at now: Timestamp) {
        bucket = PartitionedTable.pushedRequests.bucket(expires)
        id = .fresh(at: now)
    }

    /// The parameter `request_uri`; nil for what this server never made.
    init?(_ uri: String, _ seal: TokenSeal) {
        guard uri.hasPrefix(Self.prefix),
            let parts = seal.parts(of: String(uri.dropFirst(Self.prefix.count)), count: 2, for: .pushedRequest),
            let bucket = Int32(parts[0]), let id = try? ID<PushedRequest>(parts[1])
        else { return nil }
        self.bucket = bucket
        self.id = id
    }

    func uri(_ seal: TokenSeal) -> String {
        Self.prefix + seal.sealed(["\(bucket)", id.text], for: .pushedRequest)
    }

    /// As it is stored.
    func digest(_ seal: TokenSeal) -> [UInt8] { SHA256.digest(Array(uri(seal).utf8)) }
}
