import GatehouseModel
import GatehousePlatform

/// What this service states about tokens and clients (03 § Topics).
enum TokenFacts {
    /// Issues of one application, user and address, counted by the second.
    struct Issue: Hashable {
        let client: ClientID
        let clientName: String
        let user: UserID
        let userName: String
        let address: Address
    }

    static func issued(_ issue: Issue, count: Int, at time: Timestamp) -> OutgoingFact {
        let fact = Fact(
            by: Fact.User(issue.user, name: issue.userName),
            through: Fact.Application(issue.client, name: issue.clientName),
            .issue, .oauthToken, [], ip: issue.address, count: Int64(count))
        return OutgoingFact(.tokensIssued, key: fact.key, subject: issue.client.text, data: fact.json, at: time)
    }

    /// Failed authentications, single or (beyond the limit) counted.
    struct Failure: Hashable {
        /// Nil for one that is not known.
        let client: ClientID?
        let name: String
        let reason: ClientAuthentication.Failure
        let address: Address
    }

    static func failed(_ failure: Failure, count: Int, at time: Timestamp) -> OutgoingFact {
        failed(failure, count: count, at: time, in: nil)
    }

    static func failed(_ failure: Failure, count: Int, at time: Timestamp, in trace: Trace?) -> OutgoingFact {
        let fact = Fact(
            by: nil, through: failure.client.map { Fact.Application($0, name: failure.name) }, .issue, .oauthToken, [],
            outcome: .failed, reason: failure.reason.rawValue, ip: failure.address,
            count: count == 1 ? nil : Int64(count))
        return OutgoingFact(
            .clientAuthenticationFailed, key: fact.key, subject: failure.client?.text ?? failure.address.text,
            data: fact.json, at: time, in: trace)
    }

    static func revoked(
        _ token: AccessToken, by client: ClientAuthentication.Proven, for asked: OAuthRequest
    ) -> OutgoingFact {
        let user = client.client.user.map { Fact.User($0.id, name: $0.name) }
        let fact = Fact(
            by: user, through: client.application, .revoke, .oauthToken, [Fact.Object(token.id, name: "")],
            ip: asked.address)
        return OutgoingFact(
            .tokenRevoked, key: client.id.text, subject: token.id, data: fact.json, at: asked.time,
            in: asked.trail.trace)
    }
}
