package import GatehouseModel

/// An authorization request that is right, for an application that there is (RFC 6749 §4.1.1, RFC 7636 §4.3).
package struct AuthorizationRequest: Sendable, Hashable {
    package let target: RedirectTarget
    /// The registered URI that the request's means.
    let registered: RedirectURI
    package let scopes: [Scope]
    let challenge: CodeChallenge

    /// Decides what a request is: nothing here reads or writes anything.
    ///
    /// Errors: `AuthorizationRefusal`.
    package init(
        _ asked: AuthorizationParameters, for application: AuthorizingApplication
    ) throws(AuthorizationRefusal) {
        let (target, registered) = try Self.target(of: asked, application)
        func refuse(_ code: OAuthError.Code, _ description: String) -> AuthorizationRefusal {
            .redirect(target, OAuthError.refusal(code, description))
        }
        guard asked[.request] == nil else {
            throw refuse(.requestNotSupported, "Request objects are not taken here.")
        }
        guard let type = asked[.responseType] else { throw refuse(.invalidRequest, "response_type is required.") }
        guard type == "code" else { throw refuse(.unsupportedResponseType, "The only response_type here is code.") }
        guard asked[.responseMode] ?? "query" == "query" else {
            throw refuse(.invalidRequest, "The only response_mode here is query.")
        }
        guard application.flow == .authorizationCode else {
            throw refuse(.unauthorizedClient, "This application does not use the authorization code flow.")
        }
        guard let text = asked[.challenge] else {
            throw refuse(.invalidRequest, "code_challenge is required (PKCE, RFC 7636).")
        }
        guard asked[.challengeMethod] == "S256" else {
            throw refuse(.invalidRequest, "code_challenge_method must be S256.")
        }
        guard let challenge = CodeChallenge(text) else {
            throw refuse(.invalidRequest, "code_challenge must be a SHA-256 digest in base64url.")
        }
        self.target = target
        self.registered = registered
        self.challenge = challenge
        guard let scope = asked[.scope] else {
            scopes = application.scopes
            return
        }
        guard let scopes = try? Scope.list(scope) else {
            throw refuse(.invalidScope, "The scope is not well-formed.")
        }
        if let lacking = scopes.first(where: { !application.scopes.contains($0) }) {
            throw refuse(.invalidScope, "The application does not have the scope \(lacking.text).")
        }
        self.scopes = scopes
    }

    /// Before this is known nobody is sent anywhere (RFC 6749 §4.1.2.1).
    private static func target(
        of asked: AuthorizationParameters, _ application: AuthorizingApplication
    ) throws(AuthorizationRefusal) -> (RedirectTarget, RedirectURI) {
        guard application.enabled else { throw .page(.applicationDisabled) }
        guard let received = asked[.redirectURI] else { throw .page(.redirectMissing) }
        guard let registered = application.redirectURIs.first(where: { $0.matches(received) }) else {
            throw .page(.redirectUnknown(received))
        }
        return (RedirectTarget(uri: received, state: asked[.state]), registered)
    }
}

/// Why an authorization request is refused, and to whom that is told.
package enum AuthorizationRefusal: Error {
    /// Where the request cannot be trusted to name its own sender, people are told, and nobody is redirected.
    case page(AuthorizationFault)
    /// The application is told.
    case redirect(RedirectTarget, OAuthError)
}

/// What is wrong with a request that leads nowhere.
package enum AuthorizationFault: Sendable, Hashable {
    case malformed
    /// Which parameter.
    case repeated(String)
    case clientMissing
    case clientUnknown(String)
    case applicationDisabled
    case redirectMissing
    case redirectUnknown(String)
    /// Of a pushed request.
    case requestUnknown
}

/// Where an application waits for its answer.
package struct RedirectTarget: Sendable, Hashable {
    /// As the request said it: a loopback client chooses its port (RFC 8252 §7.3).
    package let uri: String
    package let state: String?

    package init(uri: String, state: String?) {
        self.uri = uri
        self.state = state
    }

    /// With the answer, the state as it was sent, and who answers (RFC 9207).
    package func location(_ answer: [(name: String, value: String)], issuer: String) -> String {
        var parameters = answer
        if let state { parameters.append(("state", state)) }
        parameters.append(("iss", issuer))
        let query = parameters.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        let separator =
            uri.utf8.contains(UInt8(ascii: "?")) ? (uri.hasSuffix("?") || uri.hasSuffix("&") ? "" : "&") : "?"
        return uri + separator + query
    }

    package func location(_ error: OAuthError, issuer: String) -> String {
        location([("error", error.code.rawValue), ("error_description", error.description)], issuer: issuer)
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(UnicodeScalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
