import GatehouseCrypto
import GatehouseModel

/// An authorization code: `bucket.bucket of the grant.grant.HMAC(…)`. Who posts one consent twice gets one code twice, for it is made
/// from its parts.
///
/// A class, like all that asynchronous functions take here: see `OAuthRequest`.
final class AuthorizationCode: Sendable {
    /// Where its row lies.
    let bucket: Int32
    /// The grant that it gives, and where that lies.
    let grant: ID<Grant>
    let grantBucket: Int32

    init(of grant: ID<Grant>, expires: Timestamp, grantEnds: Timestamp) {
        bucket = PartitionedTable.codes.bucket(expires)
        self.grant = grant
        grantBucket = PartitionedTable.consents.bucket(grantEnds)
    }

    /// Nil for what this server never made.
    init?(_ text: String, _ seal: TokenSeal) {
        guard let parts = seal.parts(of: text, count: 3, for: .code), let bucket = Int32(parts[0]),
            let grantBucket = Int32(parts[1]), let grant = try? ID<Grant>(parts[2])
        else { return nil }
        self.bucket = bucket
        self.grant = grant
        self.grantBucket = grantBucket
    }

    func text(_ seal: TokenSeal) -> String {
        seal.sealed(["\(bucket)", "\(grantBucket)", grant.text], for: .code)
    }

    /// As it is stored.
    func digest(_ seal: TokenSeal) -> [UInt8] { SHA256.digest(Array(text(seal).utf8)) }
}
