import GatehouseCrypto
import GatehouseModel

/// Reads tokens that this server has signed. What was verified is kept by its digest, until the keys change; the state behind a
/// token is asked for at each use.
final class TokenReader {
    private static let room = 20_000

    private let keys: KeyRing
    private let issuer: String
    private var verified: [[UInt8]: AccessToken] = [:]
    private var generation = 0

    init(_ keys: KeyRing, issuer: String) {
        self.keys = keys
        self.issuer = issuer
    }

    enum Reading {
        case token(AccessToken)
        /// Whatever is not an unexpired access token of ours.
        case noToken
        case unknownKey
    }

    func read(_ text: String, at now: Timestamp) -> Reading {
        let bytes = Array(text.utf8)
        guard bytes.count <= JWS.maximumSize else { return .noToken }
        let digest = SHA256.digest(bytes)
        if generation != keys.generation || verified.count >= Self.room {
            verified.removeAll(keepingCapacity: true)
            generation = keys.generation
        }
        if let token = verified[digest] { return token.expires > now.seconds ? .token(token) : .noToken }
        guard let jws = try? JWS(parsing: bytes), jws.type == AccessToken.type, let id = jws.keyID else {
            return .noToken
        }
        guard let verifier = keys.verifier(id) else { return .unknownKey }
        guard let payload = try? jws.payload(verifiedBy: verifier),
            let token = AccessToken(claims: payload, issuer: issuer), token.expires > now.seconds
        else { return .noToken }
        verified[digest] = token
        return .token(token)
    }
}
