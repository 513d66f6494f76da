/// The errors of OAuth 2.0, by the RFCs' own values: in one place, so that no endpoint invents one.
package final class OAuthError: Error {
    /// RFC 6749 §5.2 and, of authorization requests, §4.1.2.1; `request_not_supported` is OpenID Connect's (§3.1.2.6).
    package enum Code: String {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
        case temporarilyUnavailable = "temporarily_unavailable"
        case accessDenied = "access_denied"
        case unsupportedResponseType = "unsupported_response_type"
        case requestNotSupported = "request_not_supported"
    }

    package let code: Code
    let description: String
    let status: Int
    /// Seconds, for `Retry-After`.
    let retryAfter: Int?
    /// Logged, never sent.
    let cause: (any Error)?

    private init(
        _ code: Code, _ description: String, status: Int = 400, retryAfter: Int? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.description = description
        self.status = status
        self.retryAfter = retryAfter
        self.cause = cause
    }

    static func invalidRequest(_ description: String) -> OAuthError { OAuthError(.invalidRequest, description) }

    /// One answer for whatever failed: who asks must not learn which clients there are.
    static let invalidClient = OAuthError(.invalidClient, "Client authentication failed.", status: 401)

    /// In place of `invalidClient`, after too many failures.
    static func tooManyFailures(retryAfter: Int) -> OAuthError {
        OAuthError(
            .invalidClient, "Client authentication failed too often from here.", status: 429, retryAfter: retryAfter)
    }

    static func invalidGrant(_ description: String) -> OAuthError { OAuthError(.invalidGrant, description) }
    static func unauthorizedClient(_ description: String) -> OAuthError { OAuthError(.unauthorizedClient, description) }
    static func unsupportedGrantType(_ description: String) -> OAuthError {
        OAuthError(.unsupportedGrantType, description)
    }
    static func invalidScope(_ description: String) -> OAuthError { OAuthError(.invalidScope, description) }

    /// Of an authorization request.
    static func refusal(_ code: Code, _ description: String) -> OAuthError { OAuthError(code, description) }

    static func unavailable(_ cause: (any Error)?) -> OAuthError {
        OAuthError(
            .temporarilyUnavailable, "The server cannot answer now; try again.", status: 503, retryAfter: 1,
            cause: cause)
    }
}
