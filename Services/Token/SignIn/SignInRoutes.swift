import GatehouseHTTP
import GatehouseModel
import GatehousePlatform
import GatehouseWeb

/// `/login` (03 § OAuth 2.0): the form, and what comes of it.
final class SignInRoutes {
    static let path = LocalPath("/login")
    /// Where one is who wanted to go nowhere else.
    static let home = LocalPath("/account/applications")
    /// Of the cookie by which a browser is known again.
    private static let markLife = Duration.seconds(180 * 86_400)

    private let visits: VisitRoutes
    private let signIn: SignIn

    init(_ visits: VisitRoutes, _ signIn: SignIn) {
        self.visits = visits
        self.signIn = signIn
    }

    func mount(on router: Router) {
        visits.get(router, "/login") { visit in try await self.show(visit) }
        visits.post(router, "/login") { visit in try await self.send(visit) }
    }

    /// Who is signed in goes on at once, and their session with them; unless they come to sign in as somebody else (`?switch=1`).
    private func show(_ visit: Visit) async throws -> Response {
        let isSwitch = visit.query["switch"] == "1"
        if !isSwitch, try await visits.session(of: visit) != nil { return .seeOther(visit.next ?? Self.home) }
        return form(visit)
    }

    private func send(_ visit: Visit) async throws -> Response {
        let email = visit.form["email"] ?? ""
        guard visits.isOurs(visit) else { return form(visit, email, .expired) }
        let password = visit.form["password"] ?? ""
        guard !email.isEmpty, !password.isEmpty else {
            return form(visit, email, .missing(email: email.isEmpty, password: password.isEmpty))
        }
        let account = (try? EmailAddress(email))?.key ?? ""
        let mark = visits.cookies.mark.value(of: visit.request) ?? ""
        let attempt = SignIn.Attempt(
            email: email, password: password, from: visit.address, at: visit.time, in: visit.trail.trace,
            isKnown: visits.forms.isMark(mark, of: account), replacing: visit.sessionDigest)
        switch try await signIn.perform(attempt) {
        case .signedIn(let session):
            return .seeOther(
                visit.next ?? Self.home,
                [
                    visits.cookies.session.header(session.id.text),
                    visits.cookies.mark.header(visits.forms.mark(of: account), life: Self.markLife),
                ])
        case .refused: return form(visit, email, .refused)
        case .throttled(let seconds):
            return SignInPages.throttled(seconds: seconds, next: visit.next).response([("Retry-After", "\(seconds)")])
        case .addressDenied: throw VisitRefusal.addressDenied
        }
    }

    private func form(_ visit: Visit, _ email: String = "", _ complaint: SignInPages.Complaint? = nil) -> Response {
        let csrf = visits.forms.token(of: visit.browser)
        return SignInPages.form(csrf: csrf, next: visit.next, email: email, complaint).response()
    }
}
