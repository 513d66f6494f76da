import GatehouseHTTP
import GatehouseModel
import GatehousePlatform
import GatehouseWeb

/// `/logout` (03 § OAuth 2.0): a page with a button; only the form signs out.
final class SignOutRoutes {
    static let path = LocalPath("/logout")

    private let visits: VisitRoutes
    private let store: SessionStore
    private let relay: OutboxRelay

    init(_ visits: VisitRoutes, _ store: SessionStore, _ relay: OutboxRelay) {
        self.visits = visits
        self.store = store
        self.relay = relay
    }

    func mount(on router: Router) {
        visits.get(router, "/logout") { visit in try await self.show(visit) }
        visits.post(router, "/logout") { visit in try await self.send(visit) }
    }

    private func show(_ visit: Visit) async throws -> Response {
        guard let session = try await visits.session(of: visit) else { return SignOutPages.done.response() }
        return SignOutPages.form(session, csrf: visits.forms.token(of: session)).response()
    }

    private func send(_ visit: Visit) async throws -> Response {
        guard let session = try await visits.session(of: visit) else {
            return .seeOther(Self.path, [visits.cookies.session.removal])
        }
        guard visits.isOurs(visit, of: session) else {
            var page = SignOutPages.form(session, csrf: visits.forms.token(of: session))
            page.status = 403
            return page.response()
        }
        let isEverywhere = visit.form["from"] == "everywhere"
        let fact = SignInFacts.signedOut(
            session.user, everywhere: isEverywhere, from: visit.address, at: visit.time, in: visit.trail.trace)
        if isEverywhere {
            try await store.endAll(of: session, [fact])
        } else {
            try await store.end(session, [fact])
        }
        relay.wake()
        return .seeOther(Self.path, [visits.cookies.session.removal])
    }
}
