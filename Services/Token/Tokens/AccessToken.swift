import GatehouseJSON
import GatehouseModel

/// An access token's claims: a profile of RFC 9068 (03 § OAuth 2.0).
final class AccessToken: Sendable {
    /// The header's `typ` (RFC 9068 §2.1).
    static let type = "at+jwt"

    let id: String
    let user: UserID
    let client: ClientID
    /// As the claim says them; and one by one, where they were read from it.
    let scopes: String
    private let list: [Scope]
    let issued: Int64
    let expires: Int64
    let epoch: Int64
    let userEpoch: Int64
    /// Of the code flow.
    let grant: String?

    init(
        id: String, user: UserID, client: ClientID, scopes: String, issued: Int64, expires: Int64, epoch: Int64,
        userEpoch: Int64, grant: String?, list: [Scope] = []
    ) {
        self.id = id
        self.user = user
        self.client = client
        self.scopes = scopes
        self.list = list
        self.issued = issued
        self.expires = expires
        self.epoch = epoch
        self.userEpoch = userEpoch
        self.grant = grant
    }
}

extension AccessToken {
    /// Its scopes that are among `scopes`, too, in its own order.
    func scopes(within scopes: [Scope]) -> String {
        list.filter(scopes.contains).text
    }

    /// The payload to sign.
    func claims(issuer: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.member("iss")
        writer.string(issuer)
        writer.member("sub")
        writer.string(user.text)
        writer.member("aud")
        writer.string(issuer)
        writer.member("client_id")
        writer.string(client.text)
        writer.member("scope")
        writer.string(scopes)
        writer.member("iat")
        writer.integer(issued)
        writer.member("exp")
        writer.integer(expires)
        writer.member("jti")
        writer.string(id)
        writer.member("epoch")
        writer.integer(epoch)
        writer.member("uep")
        writer.integer(userEpoch)
        if let grant {
            writer.member("gid")
            writer.string(grant)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Nil unless these are claims as `claims` writes them, for this issuer.
    convenience init?(claims bytes: [UInt8], issuer: String) {
        guard let claims = try? JSON(parsing: bytes), claims["iss"]?.string == issuer, claims["aud"]?.string == issuer,
            let subject = claims["sub"]?.string, let user = try? UserID(subject),
            let clientID = claims["client_id"]?.string, let client = try? ClientID(clientID),
            let scopes = claims["scope"]?.string, let issued = claims["iat"]?.integer,
            let expires = claims["exp"]?.integer, let id = claims["jti"]?.string, let epoch = claims["epoch"]?.integer,
            let userEpoch = claims["uep"]?.integer
        else { return nil }
        self.init(
            id: id, user: user, client: client, scopes: scopes, issued: issued, expires: expires, epoch: epoch,
            userEpoch: userEpoch, grant: claims["gid"]?.string, list: (try? Scope.list(scopes)) ?? [])
    }
}
