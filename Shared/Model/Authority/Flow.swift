/// How an application comes by its tokens (F18).
public enum Flow: String, CaseIterable, Sendable, JSONReadable {
    case authorizationCode = "authorization_code"
    case clientCredentials = "client_credentials"
}
