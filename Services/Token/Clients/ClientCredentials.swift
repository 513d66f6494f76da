import GatehouseModel

/// What a client authenticates with, by one method (RFC 6749 §2.3): an id, and what is to prove it.
final class ClientCredentials {
    /// What is no secret of ours, or no assertion, at all is told apart from nothing, and from a wrong one, by nobody.
    enum Proof {
        case secret(ClientSecret?)
        case assertion(ClientAssertion?)
    }

    let id: ClientID?
    let proof: Proof
    /// What the store is asked for: a text that no client has in place of what is no client ID.
    var lookup: String { id?.text ?? "" }

    var areAssertion: Bool {
        switch proof {
        case .secret: false
        case .assertion: true
        }
    }

    init(id: String, secret: String) {
        self.id = try? ClientID(id)
        proof = .secret(ClientSecret(secret))
    }

    /// `named`: by the form, where the assertion names none that could be read.
    init(_ assertion: ClientAssertion?, named: String?) {
        id = assertion?.client ?? named.flatMap { try? ClientID($0) }
        proof = .assertion(assertion)
    }
}
