import GatehouseCrypto
import GatehouseModel
import GatehousePlatform

/// Decides whether credentials are a client's (RFC 6749 §2.3, A28): one answer and the same work for whatever fails.
struct ClientAuthentication {
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
        case applicationDisabled = "application_disabled"
    }

    let peppers: PreparedPeppers

    /// `client` is what the store found under the id of `credentials`.
    func check(_ credentials: ClientCredentials, _ client: Client?) -> Result<Proven, Failure> {
        let computed = peppers.code(of: credentials.secret?.text ?? "", under: client?.pepperID)
        let isRight = equalInConstantTime(
            computed ?? [UInt8](repeating: 0, count: HMAC.size),
            client?.secretHMAC ?? [UInt8](repeating: 1, count: HMAC.size))
        guard let id = credentials.id, let client else { return .failure(.unknownClient) }
        guard isRight, credentials.secret != nil else { return .failure(.wrongSecret) }
        guard client.enabled else { return .failure(.applicationDisabled) }
        return .success(Proven(id: id, client: client))
    }
}
