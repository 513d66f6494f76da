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

    /// What a code or a refresh token gave, one by one.
    static func given(
        _ type: EventType, _ tokens: IssuedTokens, to client: ClientAuthentication.Proven, for asked: OAuthRequest
    ) -> OutgoingFact {
        let objects = [tokens.access.id, tokens.access.grant ?? ""].map { Fact.Object($0, name: "") }
        let fact = Fact(
            by: tokens.user, through: client.application, type == .tokenRefreshed ? .refresh : .issue, .oauthToken,
            objects, ip: asked.address)
        return OutgoingFact(
            type, key: fact.key, subject: tokens.access.id, data: fact.json, at: asked.time, in: asked.trail.trace)
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
        _ token: AccessToken, of user: Fact.User, by client: ClientAuthentication.Proven, for asked: OAuthRequest
    ) -> OutgoingFact {
        let fact = Fact(
            by: user, through: client.application, .revoke, .oauthToken, [Fact.Object(token.id, name: "")],
            ip: asked.address)
        return OutgoingFact(
            .tokenRevoked, key: client.id.text, subject: token.id, data: fact.json, at: asked.time,
            in: asked.trail.trace)
    }
}
