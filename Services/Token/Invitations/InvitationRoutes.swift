import GatehouseHTTP
import GatehouseModel
import GatehousePlatform
import GatehouseWeb

/// `/account/invitation`: by a link that works once, a user sets the password and is signed in. To look at it does not use it up: mail
/// programs follow links, too.
final class InvitationRoutes {
    static let path = LocalPath("/account/invitation")

    private let visits: VisitRoutes
    private let store: InvitationStore
    private let sessions: Sessions
    private let hashing: PasswordHashing
    private let relay: OutboxRelay

    init(
        _ visits: VisitRoutes, _ store: InvitationStore, _ sessions: Sessions, _ hashing: PasswordHashing,
        _ relay: OutboxRelay
    ) {
        self.visits = visits
        self.store = store
        self.sessions = sessions
        self.hashing = hashing
        self.relay = relay
    }

    func mount(on router: Router) {
        visits.get(router, InvitationLinks.path) { visit in try await self.show(visit) }
        visits.post(router, InvitationLinks.path) { visit in try await self.send(visit) }
    }

    private func show(_ visit: Visit) async throws -> Response {
        let token = visit.query["token"] ?? ""
        guard let visitor = try await visitor(visit, token) else { return InvitationPages.ended.response() }
        return form(visit, visitor, token)
    }

    private func send(_ visit: Visit) async throws -> Response {
        let token = visit.form["token"] ?? ""
        guard let visitor = try await visitor(visit, token) else { return InvitationPages.ended.response() }
        guard visits.isOurs(visit) else { return form(visit, visitor, token, "Please type it once more") }
        let text = visit.form["password"] ?? ""
        if let complaint = Password.complaint(about: text) {
            return form(visit, visitor, token, text.isEmpty ? "Enter a password" : "The password \(complaint)")
        }
        guard let password = Password(text) else { return form(visit, visitor, token, "Enter a password") }
        let hash = try await hashing.hash(password)
        let session = sessions.begin(at: visit.time, replacing: visit.sessionDigest)
        let (user, trace) = (visitor.user, visit.trail.trace)
        let facts = [
            SignInFacts.passwordSet(user, from: visit.address, at: visit.time, in: trace),
            SignInFacts.signedIn(user, from: visit.address, at: visit.time, in: trace),
        ]
        guard try await store.accept(InvitationStore.values(Invitation.digest(of: token), with: hash, session, facts))
        else {
            return InvitationPages.ended.response()
        }
        relay.wake()
        return .seeOther(SignInRoutes.home, [visits.cookies.session.header(session.id.text)])
    }

    private func visitor(_ visit: Visit, _ token: String) async throws -> Visitor? {
        let digest = Invitation.digest(of: token)
        guard let visitor = try await store.find(digest, from: visit.address, at: visit.time) else { return nil }
        guard visitor.generalListAllows else { throw VisitRefusal.addressDenied }
        return visitor
    }

    private func form(_ visit: Visit, _ visitor: Visitor, _ token: String, _ error: String? = nil) -> Response {
        let csrf = visits.forms.token(of: visit.browser)
        return InvitationPages.form(for: visitor, token: token, csrf: csrf, error: error).response()
    }
}
