import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `/api/v1/users/{id}/password` and `/api/v1/users/{id}/invitation` (03 § OAuth 2.0). No head moves: nothing is said of propagation.
struct PasswordRoutes {
    let passwords: Passwords
    let invitations: Invitations
    let links: InvitationLinks
    let relay: OutboxRelay

    func mount(on api: API) {
        api.on("PUT", "/api/v1/users/{id}/password", .json(), set)
        api.on("POST", "/api/v1/users/{id}/invitation", .json(), invite)
    }

    private func set(_ call: Call) async throws -> Response {
        try await passwords.set(call.json(), of: call.userID(), by: call.author)
        relay.wake()
        return Response(204, [("Cache-Control", "no-store")])
    }

    private func invite(_ call: Call) async throws -> Response {
        try Fields(call.json()).finish()
        let invitation = try await invitations.invite(call.userID(), by: call.author)
        relay.wake()
        return .json(
            ["link": .string(links.link(of: invitation)), "expires_at": .string(invitation.expires.text)], status: 201)
    }
}

extension Call {
    /// What is no id names no user.
    fileprivate func userID() throws(Problem) -> UserID {
        guard try condition() == .none else {
            throw Problem(.preconditionFailed, "Passwords and invitations have no entity tags.")
        }
        guard let id = try? UserID(parameter("id")) else { throw Account.absent }
        return id
    }
}
