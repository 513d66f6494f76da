import GatehouseCrypto
import GatehouseModel

/// A refresh token (06 § Tokens): `bucket.family.generation.HMAC(…)`. The family is the grant; each use makes the next generation.
///
/// A class, like all that asynchronous functions take here: see `OAuthRequest`.
final class RefreshToken: Sendable {
    /// Where the grant lies.
    let bucket: Int32
    let family: ID<Grant>
    let generation: Int64

    /// The first of a family.
    convenience init(of family: ID<Grant>, in bucket: Int32) { self.init(bucket, family, 1) }

    private init(_ bucket: Int32, _ family: ID<Grant>, _ generation: Int64) {
        self.bucket = bucket
        self.family = family
        self.generation = generation
    }

    /// Nil for what this server never made.
    convenience init?(_ text: String, _ seal: TokenSeal) {
        guard let parts = seal.parts(of: text, count: 3, for: .refresh), let bucket = Int32(parts[0]),
            let family = try? ID<Grant>(parts[1]), let generation = Int64(parts[2]), generation > 0,
            generation < .max
        else { return nil }
        self.init(bucket, family, generation)
    }

    var successor: RefreshToken { RefreshToken(bucket, family, generation + 1) }

    func text(_ seal: TokenSeal) -> String {
        seal.sealed(["\(bucket)", family.text, "\(generation)"], for: .refresh)
    }

    /// As it is stored.
    func digest(_ seal: TokenSeal) -> [UInt8] { SHA256.digest(Array(text(seal).utf8)) }
}
