import GatehouseCrypto
import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehouseWeb

/// One request of a person's browser to a page: what it sent, from where, and who is signed in there.
///
/// A class, like all that asynchronous functions take here: see `OAuthRequest`.
final class Visit {
    let request: Request
    let address: Address
    let time: Timestamp
    /// Of the body; empty where there is none.
    let form: Form
    let query: Query
    /// Of the session that the browser shows, alive or not.
    let sessionDigest: [UInt8]?
    /// Names the browser while nobody is signed in at it.
    let browser: String
    /// Whether it has its name only now.
    let isNew: Bool
    private(set) lazy var trail = Trail(request)

    fileprivate init(_ request: Request, _ address: Address, _ form: Form, _ query: Query, _ cookies: VisitCookies) {
        self.request = request
        self.address = address
        self.form = form
        self.query = query
        time = .now()
        sessionDigest = cookies.session.value(of: request).flatMap { SessionID($0) }?.digest
        let known = cookies.browser.value(of: request).flatMap { SessionID($0) }
        isNew = known == nil
        browser = (known ?? SessionID()).text
    }

    /// Where the browser wanted to go: a path of ours, or nowhere.
    var next: LocalPath? { (form["next"] ?? query["next"]).flatMap { LocalPath(parsing: $0) } }
}

/// The cookies of pages.
struct VisitCookies {
    let session: HostCookie
    /// For the forms that are sent before anybody is signed in.
    let browser: HostCookie
    /// Of a browser that has signed in to an account: what strangers do to the account does not concern it.
    let mark: HostCookie

    init(origin: String) {
        session = HostCookie(SessionID.cookie, origin: origin)
        browser = HostCookie("gatehouse-browser", origin: origin)
        mark = HostCookie("gatehouse-mark", origin: origin)
    }
}

/// Leads browsers to pages, and puts what goes wrong into words for people.
final class VisitRoutes {
    static let formLimit = 32 << 10

    let cookies: VisitCookies
    let forms: FormTokens
    private let origin: String
    private let proxies: TrustedProxies
    private let sessions: Sessions
    private let log: Log

    init(origin: String, _ proxies: TrustedProxies, _ sessions: Sessions, _ forms: FormTokens, _ log: Log) {
        self.origin = origin
        self.proxies = proxies
        self.sessions = sessions
        self.forms = forms
        self.log = log
        cookies = VisitCookies(origin: origin)
    }

    /// A page.
    func get(_ router: Router, _ path: String, _ handle: @escaping (Visit) async throws -> Response) {
        router.on("GET", path, Endpoint { request in self.reply(request, handle) })
    }

    /// A form of a page, which comes from there only.
    func post(_ router: Router, _ path: String, _ handle: @escaping (Visit) async throws -> Response) {
        router.on(
            "POST", path,
            Endpoint(maximumBody: Self.formLimit, mediaTypes: ["application/x-www-form-urlencoded"]) { request in
                let sites = request.headers("Sec-Fetch-Site")
                let site = RequestSite(origins: request.headers("Origin"), sites: sites, origin: self.origin)
                guard site != .another else { return .now(VisitPages.anotherSite.response()) }
                return self.reply(request, handle)
            })
    }

    private func reply(_ request: Request, _ handle: @escaping (Visit) async throws -> Response) -> Reply {
        guard let address = proxies.client(of: request) else { return .now(VisitPages.noAddress.response()) }
        guard let form = try? Form(request.body), let query = try? Query(request.query ?? ""), form.repeated.isEmpty,
            query.repeated.isEmpty
        else { return .now(VisitPages.malformed.response()) }
        let visit = Visit(request, address, form, query, cookies)
        return .later { await self.answer(visit, handle) }
    }

    private func answer(_ visit: Visit, _ handle: (Visit) async throws -> Response) async -> Response {
        do {
            var response = try await handle(visit)
            if visit.isNew { response.headers.append(cookies.browser.header(visit.browser)) }
            return response
        } catch let refusal as VisitRefusal {
            switch refusal {
            case .addressDenied: return VisitPages.addressDenied(visit.address).response()
            }
        } catch {
            let problem = Problem(of: error)
            let path = String(visit.request.path)
            log.warning(
                "no page at \(path)",
                visit.trail.details(["problem": .string("\(problem)"), "cause": .string("\(problem.cause ?? problem)")])
            )
            return WebPage.unavailable().response([("Retry-After", "2")])
        }
    }

    // MARK: - Who is signed in

    /// Nil where nobody is. Whoever comes from an address that the general list does not hold sees nothing (A9).
    func session(of visit: Visit) async throws -> Session? {
        guard let digest = visit.sessionDigest,
            let session = try await sessions.use(digest, from: visit.address, at: visit.time)
        else { return nil }
        guard session.generalListAllows else { throw VisitRefusal.addressDenied }
        return session
    }

    /// Whether the form comes from a page that we gave to this session.
    func isOurs(_ visit: Visit, of session: Session) -> Bool {
        forms.isValid(visit.form[FormTokens.field] ?? "", of: session)
    }

    /// Whether the form comes from a page that we gave to this browser.
    func isOurs(_ visit: Visit) -> Bool {
        !visit.isNew && forms.isValid(visit.form[FormTokens.field] ?? "", of: visit.browser)
    }

    /// To sign in, and back to where it was.
    func signIn(for visit: Visit) -> Response {
        let wanted = LocalPath(parsing: visit.request.target)
        return .seeOther(wanted.map { SignInRoutes.path.with("next", $0.text) } ?? SignInRoutes.path)
    }
}

/// Why a visit is turned away, wherever it goes.
enum VisitRefusal: Error {
    case addressDenied
}

extension FormTokens {
    /// The name of the hidden field.
    static let field = "csrf_token"
}
