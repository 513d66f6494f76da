import GatehouseCrypto
import GatehouseModel
import GatehousePlatform

/// Finds out which client asks (RFC 6749 §2.3, A28), for every endpoint that clients authenticate at: one answer and the same work for
/// whatever fails.
final class ClientAuthentication {
    /// A client that has proved itself.
    final class Proven {
        let id: ClientID
        let client: Client

        init(id: ClientID, client: Client) {
            self.id = id
            self.client = client
        }

        var application: Fact.Application { Fact.Application(id, name: client.name) }
    }

    /// Why an authentication failed: for the log and the audit, never for the caller.
    enum Failure: String, Error {
        case unknownClient = "unknown_client"
        case wrongSecret = "wrong_secret"
        /// No key of the client's has signed it.
        case wrongAssertion = "wrong_assertion"
        /// One of the client's own, but not for this server, or not for now.
        case unfitAssertion = "unfit_assertion"
        case usedAssertion = "used_assertion"
        case applicationDisabled = "application_disabled"
    }

    private let issuer: String
    private let peppers: PreparedPeppers
    private let keys: PreparedKeys
    private let clients: ClientStore
    private let assertions: AssertionStore
    private let failures: AuthenticationFailures

    init(
        issuer: String, peppers: PreparedPeppers, keys: PreparedKeys, clients: ClientStore, assertions: AssertionStore,
        failures: AuthenticationFailures
    ) {
        self.issuer = issuer
        self.peppers = peppers
        self.keys = keys
        self.clients = clients
        self.assertions = assertions
        self.failures = failures
    }

    /// The client that asks; the database is asked once where it fails, and where a secret proves it.
    func client(of asked: OAuthRequest) async throws -> Proven {
        let credentials = try asked.credentials()
        // What is no client ID is looked up as well, under a text that none has: the same work for every failure.
        let client = try await clients.client(credentials, from: asked.address)
        return try await prove(asked, credentials, client)
    }

    /// `client` is what a store found under the id of `credentials`.
    func prove(_ asked: OAuthRequest, _ credentials: ClientCredentials, _ client: Client?) async throws -> Proven {
        var failure = refusal(of: credentials, client, at: asked.time)
        // Only what its own client has signed is kept: a stranger fills no table, and spends nobody's jti.
        if failure == nil, case .assertion(let assertion?) = credentials.proof, try await !assertions.use(assertion) {
            failure = .usedAssertion
        }
        if let failure {
            try await failures.record(
                TokenFacts.Failure(
                    client: client == nil ? nil : credentials.id, name: client?.name ?? "", reason: failure,
                    address: asked.address),
                asked)
        }
        guard failure == nil, let id = credentials.id, let client else { throw OAuthError.invalidClient }
        guard client.generalListAllows, client.ownListAllows else {
            throw OAuthError.unauthorizedClient("The application may not be used from this address.")
        }
        return Proven(id: id, client: client)
    }

    /// Nil where the credentials are the client's.
    private func refusal(of credentials: ClientCredentials, _ client: Client?, at time: Timestamp) -> Failure? {
        let failure: Failure? =
            switch credentials.proof {
            case .secret(let secret): isRight(secret, client) ? nil : .wrongSecret
            case .assertion(nil): .wrongAssertion
            case .assertion(let assertion?):
                if !keys.haveSigned(assertion, client?.keys) {
                    .wrongAssertion
                } else {
                    assertion.isFor(issuer, at: time) ? nil : .unfitAssertion
                }
            }
        guard let client, credentials.id != nil else { return .unknownClient }
        return failure ?? (client.enabled ? nil : .applicationDisabled)
    }

    private func isRight(_ secret: ClientSecret?, _ client: Client?) -> Bool {
        let computed = peppers.code(of: secret?.text ?? "", under: client?.pepperID)
        let isEqual = equalInConstantTime(
            computed ?? [UInt8](repeating: 0, count: HMAC.size),
            client?.secretHMAC ?? [UInt8](repeating: 1, count: HMAC.size))
        return isEqual && secret != nil
    }
}
