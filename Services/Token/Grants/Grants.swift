import GatehouseModel
import GatehousePlatform

/// Ends grants, whoever wants it: afterwards no replica of anything acts on one (04 § Barrier).
final class Grants {
    /// Why a grant ends before its time.
    enum Cause: String {
        case codeReused = "code_reused"
        case refreshTokenReused = "refresh_token_reused"
        /// By its application, its user, or an administrator.
        case revoked

        /// Only what was not wished for has a reason.
        var reason: String? { self == .revoked ? nil : rawValue }
        var event: EventType { self == .revoked ? .grantRevoked : .familyRevoked }
    }

    /// Who wants it, and what is told of them.
    final class Wish {
        let cause: Cause
        /// Nil where the grant's own user and application stand for it.
        let author: Author?
        let ip: Address?
        let time: Timestamp
        let trace: Trace?

        init(_ cause: Cause, by author: Author? = nil, ip: Address?, time: Timestamp, trace: Trace?) {
            self.cause = cause
            self.author = author
            self.ip = ip
            self.time = time
            self.trace = trace
        }
    }

    /// Clocks of two replicas may differ.
    private static let margin = Duration.seconds(300)

    let store: GrantStore
    private let settlement: Settlement
    private let accessTokenLife: Duration

    init(_ store: GrantStore, _ settlement: Settlement, accessTokenLife: Duration) {
        self.store = store
        self.settlement = settlement
        self.accessTokenLife = accessTokenLife
    }

    /// Returns when it is so everywhere, or pending; nil where there was no such grant.
    func end(_ id: ID<Grant>, _ wish: Wish) async throws -> Propagation? {
        guard let grant = try await store.find(id) else {
            // One that has ended: its caller is told no sooner than the first.
            guard let revision = try await store.revision(of: [id]) else { return nil }
            return await settlement.wait(for: revision)
        }
        return try await end([grant], wish)
    }

    func end(_ grants: [LiveGrant], _ wish: Wish) async throws -> Propagation {
        let revision = try await store.end(
            grants.map(\.id), facts: grants.map { fact(of: $0, wish) }, at: wish.time,
            until: wish.time + accessTokenLife + Self.margin)
        return await settlement.wait(for: revision)
    }

    private func fact(of grant: LiveGrant, _ wish: Wish) -> OutgoingFact {
        let application = wish.author == nil ? grant.application : wish.author?.application
        let fact = Fact(
            by: wish.author?.user ?? grant.user, through: application, .revoke, .oauthToken,
            [
                Fact.Object(grant.id.text, name: ""),
                Fact.Object(grant.application.clientID.text, name: grant.application.name),
                Fact.Object(grant.user.id.text, name: grant.user.name),
            ], reason: wish.cause.reason, ip: wish.ip)
        return OutgoingFact(
            wish.cause.event, key: grant.application.clientID.text, subject: grant.id.text, data: fact.json,
            at: wish.time, in: wish.trace)
    }
}
