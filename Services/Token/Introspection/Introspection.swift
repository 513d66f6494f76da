import GatehouseJSON
import GatehouseModel

/// Token introspection (RFC 7662).
struct Introspection {
    static let scope = "introspect:tokens"

    /// Exactly this, for whatever the caller may not know, or is no live token.
    static let inactive: [UInt8] = Array(#"{"active":false}"#.utf8)

    /// The answer to `client` about `token`, which is live: its own, or any for an application with the scope. Of the token's scopes
    /// those count that its application still has, `scopes` (A3).
    static func answer(
        _ token: AccessToken, within scopes: [Scope], to client: ClientAuthentication.Proven, issuer: String
    ) -> [UInt8] {
        guard token.client == client.id || client.client.scopes.contains(where: { $0.text == scope }) else {
            return inactive
        }
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.member("active")
        writer.bool(true)
        writer.member("scope")
        writer.string(token.scopes(within: scopes))
        writer.member("client_id")
        writer.string(token.client.text)
        writer.member("token_type")
        writer.string("Bearer")
        writer.member("exp")
        writer.integer(token.expires)
        writer.member("iat")
        writer.integer(token.issued)
        writer.member("sub")
        writer.string(token.user.text)
        writer.member("aud")
        writer.string(issuer)
        writer.member("iss")
        writer.string(issuer)
        writer.member("jti")
        writer.string(token.id)
        writer.endObject()
        return writer.bytes
    }

    /// The same of a refresh token. It says what it is: a resource server must not take it for an access token.
    static func answer(
        _ token: IntrospectionStore.RefreshFinding.Standing, to client: ClientAuthentication.Proven, issuer: String
    ) -> [UInt8] {
        guard token.client == client.id || client.client.scopes.contains(where: { $0.text == scope }) else {
            return inactive
        }
        let answer: JSON = [
            "active": true, "scope": .string(token.scopes.text), "client_id": token.client.json,
            "token_type": "refresh_token", "exp": .integer(token.expires.seconds),
            "iat": .integer(token.issued.seconds), "sub": token.user.json, "iss": .string(issuer),
        ]
        return answer.bytes
    }
}
