/// How long what the code flow gives is good.
struct GrantLives: Sendable {
    /// A code; RFC 6749 §4.1.2 wants it short.
    static let code = Duration.seconds(60)

    let accessToken: Duration
    /// A refresh token that is not used.
    let refreshToken: Duration
    /// A grant, however often it is used.
    let grant: Duration
    /// For so long after its use a refresh token gives its successor once more.
    let grace: Duration
}
