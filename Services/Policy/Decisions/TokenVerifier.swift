import GatehouseCrypto
import GatehouseJSON
import GatehouseModel

/// Tells our own access tokens from everything else (a profile of RFC 9068): by signature, type, issuer and audience.
///
/// Tokens that it has believed it knows again by their digest for a while, as long as the keys are the same.
final class TokenVerifier {
    enum Verdict {
        case missing
        case malformed
        case token(VerifiedToken)
        /// Signed by a key that we do not know, perhaps not yet.
        case unknownKey
    }

    private static let remembered = Duration.seconds(30)
    private static let leeway: Int64 = 30
    /// Of each of two generations: when the younger is full, the elder is forgotten.
    private static let generation = 25_000

    private let issuer: String
    private let held: HeldState
    private var young: [TokenDigest: VerifiedToken] = [:]
    private var old: [TokenDigest: VerifiedToken] = [:]
    private var keyEdition = 0

    init(issuer: String, _ held: HeldState) {
        self.issuer = issuer
        self.held = held
    }

    /// `token` reads the token itself, where it is not known again.
    func verdict(_ bearer: Bearer, at moment: Lease.Moment, token: () -> [UInt8]?) -> Verdict {
        switch bearer.statement {
        case .none: return .missing
        case .unreadable: return .malformed
        case .token(let digest):
            if let known = known(digest, at: moment) { return .token(known) }
            guard let token = token() else { return .malformed }
            return verify(token, digest, at: moment)
        }
    }

    private func known(_ digest: TokenDigest, at moment: Lease.Moment) -> VerifiedToken? {
        guard keyEdition == held.keyEdition else {
            young = [:]
            old = [:]
            keyEdition = held.keyEdition
            return nil
        }
        guard let known = young[digest] ?? old[digest], moment.steady < known.until else { return nil }
        return known
    }

    private func verify(_ text: [UInt8], _ digest: TokenDigest, at moment: Lease.Moment) -> Verdict {
        guard let jws = try? JWS(parsing: text), jws.type == "at+jwt", let keyID = jws.keyID else { return .malformed }
        guard let key = held.keys[keyID] else { return .unknownKey }
        guard let payload = try? jws.payload(verifiedBy: key),
            let claims = IssuedClaims(payload, issuer: issuer, key: keyID),
            claims.issued.seconds <= moment.wall.seconds + Self.leeway
        else { return .malformed }
        let left = claims.token.expires - moment.wall
        let verified = VerifiedToken(
            AccessToken(claims.token, for: held.access), until: moment.steady + min(max(left, .zero), Self.remembered))
        remember(verified, as: digest)
        return .token(verified)
    }

    private func remember(_ token: VerifiedToken, as digest: TokenDigest) {
        if young.count >= Self.generation {
            old = young
            young = [:]
        }
        young[digest] = token
    }
}

/// The claims of 03, each there and of its type.
private struct IssuedClaims {
    let token: AccessToken.Claims
    let issued: Timestamp

    init?(_ payload: [UInt8], issuer: String, key: String) {
        guard let claims = try? JSON(parsing: payload), claims["iss"]?.string == issuer,
            claims["aud"]?.string == issuer,
            let user = claims["sub"]?.string.flatMap({ try? UserID($0) }),
            let clientID = claims["client_id"]?.string.flatMap({ try? ClientID($0) }),
            let names = claims["scope"]?.string, let issued = claims["iat"]?.integer,
            let expires = claims["exp"]?.integer,
            let id = claims["jti"]?.string.flatMap({ try? ID<AccessToken>($0) }),
            let epoch = claims["epoch"]?.integer, let userEpoch = claims["uep"]?.integer
        else { return nil }
        var grant: ID<Grant>?
        if let name = claims["gid"] {
            guard let id = name.string.flatMap({ try? ID<Grant>($0) }) else { return nil }
            grant = id
        }
        let scopes = names.split(separator: " ").compactMap { try? Scope(String($0)) }
        token = AccessToken.Claims(
            id: id, clientID: clientID, user: user, scopes: scopes, expires: Timestamp(seconds: expires), epoch: epoch,
            userEpoch: userEpoch, grant: grant, key: key)
        self.issued = Timestamp(seconds: issued)
    }
}
