import GatehouseCrypto
import GatehouseJSON
import GatehouseModel

/// A JWT by which a client proves itself (`private_key_jwt`: RFC 7523 §3, OIDC Core §9), read and not yet believed.
///
/// Of its header the algorithm, the kid and the type are read, and no more: a key that it brings along (`jwk`, `x5c`), or points to
/// (`jku`, `x5u`), is nobody's.
final class ClientAssertion {
    /// As `client_assertion_type` says it.
    static let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// Those of public keys: with a shared one the server could speak for the client.
    static let algorithms: [JWS.Algorithm] = [.es256, .rs256, .ps256, .edDSA]
    /// In seconds: how far ahead it may end, and how far clocks may differ.
    private static let (longest, leeway) = (300.0, 30.0)
    /// A JWT that the client signs for something else must not do for this (RFC 8725 §3.11).
    private static let types = ["jwt", "client-authentication+jwt"]

    let client: ClientID
    let algorithm: JWS.Algorithm
    let keyID: String?
    private let jws: JWS
    private let claims: JSON.Object

    /// Nil for what is no assertion of any client.
    init?(parsing text: String) {
        guard let jws = try? JWS(parsing: text), Self.algorithms.contains(jws.algorithm),
            jws.type.map({ Self.types.contains($0.lowercased()) }) ?? true,
            let claims = (try? JSON(parsing: jws.unverifiedPayload, depth: 8))?.object,
            let issuer = claims["iss"]?.string, claims["sub"]?.string == issuer, let client = try? ClientID(issuer)
        else { return nil }
        self.client = client
        algorithm = jws.algorithm
        keyID = jws.keyID
        self.jws = jws
        self.claims = claims
    }

    func isSigned(by key: JWS.Verifier) -> Bool { (try? jws.payload(verifiedBy: key)) != nil }

    /// Whether it is for this server and no other, and for now.
    func isFor(_ issuer: String, at time: Timestamp) -> Bool {
        let audience = claims["aud"]
        guard audience == .string(issuer) || audience == .array([.string(issuer)]), !identifier.isEmpty,
            let expires = claims["exp"]?.number
        else { return false }
        let now = Double(time.microseconds) / 1_000_000
        guard now - Self.leeway < expires, expires <= now + Self.longest + Self.leeway else { return false }
        return ["iat", "nbf"].allSatisfy { name in
            guard let stated = claims[name] else { return true }
            guard let begins = stated.number else { return false }
            return begins <= now + Self.leeway && begins <= expires
        }
    }

    /// By which its use is known again.
    var digest: [UInt8] { SHA256.digest(Array(identifier.utf8)) }

    /// From when on it is refused by itself; of one that `isFor` has let pass.
    var end: Timestamp {
        let seconds = Int64(exactly: (claims["exp"]?.number ?? 0).rounded(.up)) ?? 0
        return Timestamp(seconds: seconds) + .seconds(Int64(Self.leeway))
    }

    private var identifier: String { claims["jti"]?.string ?? "" }
}
