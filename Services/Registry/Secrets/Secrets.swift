import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of making secrets anew, and of revoking the tokens that they gave (A1).
struct Secrets {
    private let peppers: Peppers
    private let store: SecretStore
    private let issued: IssuedStore
    private let applications: Applications

    init(_ postgres: Postgres, _ peppers: Peppers, _ applications: Applications) {
        self.peppers = peppers
        store = SecretStore(postgres: postgres)
        issued = IssuedStore(postgres: postgres)
        self.applications = applications
    }

    func fresh() -> NewSecret { NewSecret(under: peppers) }

    /// The old secret dies with the commit. `revokesTokens` nil: as the flow has it.
    func rotate(
        _ id: ClientID, to secret: NewSecret, revokesTokens: Bool?, if condition: EntityTag.Condition,
        by author: Author, once claim: Claim?
    ) async throws -> Issued {
        try await claim.once(issued.find) {
            let rotated = try await applications.change(id, if: condition) { application in
                let profile = application.profile
                try await applications.demand(profile, of: author)
                let revokes = revokesTokens ?? (profile.flow == .clientCredentials)
                let changes = [FieldChange(redacting: "secret")] + (revokes ? [.tokensRevoked] : [])
                return try await store.rotate(
                    application, to: secret, revokesTokens: revokes, onlyIfUnchanged: condition != .none,
                    Change(.secretRotated, .rotate, of: id, named: profile.name, changes: changes, by: author),
                    once: claim)
            }
            return Issued(application: rotated, secret: secret.text)
        }
    }

    func revokeTokens(
        _ id: ClientID, if condition: EntityTag.Condition, by author: Author, once claim: Claim?
    ) async throws -> Application {
        let revoked = try await claim.once {
            try await issued.find($0)?.application
        } _: {
            try await applications.change(id, if: condition) { application in
                try await store.revokeTokens(
                    application, onlyIfUnchanged: condition != .none,
                    Change(
                        .applicationTokensRevoked, .revoke, of: id, named: application.profile.name,
                        changes: [.tokensRevoked], by: author),
                    once: claim)
            }
        }
        return await applications.shown(revoked)
    }
}

extension NewSecret {
    /// 256 bits from the system's generator, under the pepper that is current.
    init(under peppers: Peppers) {
        guard let secret = ClientSecret(random: Random.bytes(32)) else {
            preconditionFailure("32 bytes make a secret")
        }
        self.init(secret, code: peppers.code(of: secret.text), pepperID: peppers.current)
    }
}
