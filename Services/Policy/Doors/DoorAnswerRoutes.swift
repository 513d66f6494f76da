import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// What doors answer (03 § Decisions): every header is always there, so that none of a client's own can pass.
struct DoorAnswers {
    /// Where there is nothing to say: proxies read it as empty.
    private static let nothing = " "

    private let assertion: Assertion
    private let metadata: String

    init(_ assertion: Assertion, origin: String) {
        self.assertion = assertion
        metadata = "resource_metadata=\"\(origin)/.well-known/oauth-protected-resource\""
    }

    func allowance(_ verdict: Verdict, _ identity: Identity, isOurs: Bool) -> Response {
        Response(
            200,
            [
                ("X-Gatehouse-User", identity.userText),
                ("X-Gatehouse-Application", identity.application?.clientID.text ?? Self.nothing),
                ("X-Gatehouse-Scopes", Self.filled(identity.scopes)),
                ("X-Gatehouse-Permissions", Self.filled(identity.permissions)),
                ("X-Gatehouse-Domains", Self.filled(identity.domains)),
                ("X-Gatehouse-Decision-Id", verdict.id.text),
                ("X-Gatehouse-Revision", verdict.revisions),
                ("X-Gatehouse-State-Age-Ms", Self.age(verdict)),
                (Assertion.header, isOurs ? assert(verdict, identity) : Self.nothing),
            ])
    }

    /// `scope`: what the route asks for.
    func refusal(_ verdict: Verdict, _ reason: Reason, scope: Scope?) -> Response {
        var response = refusal(verdict.id, reason, reason.detail)
        response.headers.append(("X-Gatehouse-Revision", verdict.revisions))
        response.headers.append(("X-Gatehouse-State-Age-Ms", Self.age(verdict)))
        if let challenge = challenge(reason, scope) { response.headers.append(("WWW-Authenticate", challenge)) }
        return response
    }

    /// The lease ended before the answer could be given.
    func stale(_ id: ID<Event>) -> Response { refusal(id, .stateStale, Reason.stateStale.detail) }

    /// Neither Kafka nor PostgreSQL takes the record, and nothing happens unrecorded.
    func unrecorded(_ id: ID<Event>) -> Response {
        refusal(id, .stateStale, "What was decided cannot be recorded at the moment; try again.")
    }

    private func refusal(_ id: ID<Event>, _ reason: Reason, _ detail: String) -> Response {
        let problem = Problem(
            reason.kind, detail, extensions: ["reason": .string(reason.rawValue), "decision_id": id.json])
        var response = Response(problem)
        response.headers += [
            ("X-Gatehouse-Reason", reason.rawValue), ("X-Gatehouse-Decision-Id", id.text),
            // For proxies that drop the body of what they asked.
            ("X-Gatehouse-Problem", String(decoding: response.body, as: UTF8.self)),
        ]
        return response
    }

    /// RFC 6750 §3 and RFC 9728 §5.1.
    private func challenge(_ reason: Reason, _ scope: Scope?) -> String? {
        switch reason.challenge {
        case nil: nil
        case .bare: "Bearer \(metadata)"
        case .invalidToken:
            "Bearer error=\"invalid_token\", error_description=\"\(reason.detail)\", \(metadata)"
        case .insufficientScope:
            "Bearer error=\"insufficient_scope\", scope=\"\(scope?.text ?? "")\", \(metadata)"
        }
    }

    private func assert(_ verdict: Verdict, _ identity: Identity) -> String {
        let caller = Caller(
            decision: verdict.id.text, user: identity.user, application: identity.application,
            scopes: identity.scopeSet, permissions: identity.permissionSet, domains: identity.domainSet,
            ip: verdict.asked.client)
        let method = verdict.asked.method == "HEAD" ? "GET" : verdict.asked.method
        let token = assertion.sign(caller, method: method, path: verdict.asked.path, at: verdict.moment.wall)
        return String(decoding: token, as: UTF8.self)
    }

    private static func filled(_ text: String) -> String { text.isEmpty ? nothing : text }

    private static func age(_ verdict: Verdict) -> String { verdict.age.map { String($0.milliseconds) } ?? nothing }
}

extension Reason {
    /// The kind of problem with its status.
    fileprivate var kind: ProblemKind {
        switch status {
        case 401: .unauthenticated
        case 403: .forbidden
        default: .unavailable
        }
    }
}
