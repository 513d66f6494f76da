import GatehouseModel
package import GatehousePlatform

/// What this service is told beside what all are.
package struct TokenSettings: Sendable {
    let peppers: Peppers
    let proxies: TrustedProxies
    let sealingKey: [UInt8]
    /// How long a client-credentials token lives.
    let tokenLife: Duration
    let lives: GrantLives
    /// The login that makes and drops partitions.
    let owner: String
    /// How long a signing key signs.
    let keyLife: Duration
    /// Failed authentications in a minute: for each client and address, and for each address.
    let failuresPerClient: Int
    let failuresPerAddress: Int
    /// Failed sign-ins of one network, before it has to wait.
    let signInFailuresPerNetwork: Int
    let sessionLives: SessionLives
    /// How many passwords are hashed at once, each with 32 MiB.
    let passwordThreads: Int

    package init(_ configuration: Configuration) throws {
        peppers = try Peppers(configuration)
        proxies = try TrustedProxies(configuration)
        sealingKey = try configuration.key("SEALING_KEY", atLeast: 32)
        guard sealingKey.count == 32 else {
            throw Configuration.Failure("SEALING_KEY", "has \(sealingKey.count) bytes, and needs 32 (AES-256)")
        }
        tokenLife = try configuration.duration(
            "CLIENT_CREDENTIALS_TOKEN_LIFE", default: .seconds(3600), in: .seconds(10) ... .seconds(86_400))
        lives = GrantLives(
            accessToken: try configuration.duration(
                "AUTHORIZATION_CODE_TOKEN_LIFE", default: .seconds(600), in: .seconds(10) ... .seconds(86_400)),
            refreshToken: try configuration.duration(
                "REFRESH_TOKEN_LIFE", default: .seconds(30 * 86_400), in: .seconds(60) ... .seconds(400 * 86_400)),
            grant: try configuration.duration(
                "GRANT_LIFE", default: .seconds(365 * 86_400), in: .seconds(60) ... .seconds(1000 * 86_400)),
            grace: try configuration.duration("REFRESH_GRACE", default: .zero, in: .zero ... .seconds(60)))
        owner = try configuration.text("POSTGRES_OWNER_URL")
        keyLife = try configuration.duration(
            "SIGNING_KEY_LIFE", default: .seconds(30 * 86_400), in: .seconds(7200) ... .seconds(400 * 86_400))
        failuresPerClient = try configuration.integer("FAILURES_PER_CLIENT", default: 60, in: 1...1_000_000)
        failuresPerAddress = try configuration.integer("FAILURES_PER_ADDRESS", default: 600, in: 1...1_000_000)
        signInFailuresPerNetwork = try configuration.integer(
            "SIGN_IN_FAILURES_PER_NETWORK", default: 30, in: 1...1_000_000)
        sessionLives = SessionLives(
            idle: try configuration.duration(
                "SESSION_IDLE", default: .seconds(2 * 3600), in: .seconds(10) ... .seconds(90 * 86_400)),
            whole: try configuration.duration(
                "SESSION_LIFE", default: .seconds(12 * 3600), in: .seconds(10) ... .seconds(90 * 86_400)))
        passwordThreads = try configuration.integer("PASSWORD_THREADS", default: 2, in: 1...64)
    }
}
