import GatehouseModel

/// What a client authenticates with (RFC 6749 §2.3.1): an id and a secret, by either method.
final class ClientCredentials {
    let id: ClientID?
    let secret: ClientSecret?
    /// What the store is asked for: a text that no client has in place of what is no client ID.
    var lookup: String { id?.text ?? "" }

    /// What is no client ID or no secret of ours at all is told apart from nothing, and from a wrong one, by nobody.
    init(id: String, secret: String) {
        self.id = try? ClientID(id)
        self.secret = ClientSecret(secret)
    }
}
