import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The secret's columns of `registry.application`, and its epochs.
struct SecretStore {
    let postgres: Postgres

    /// Nil where the application is not, or no longer, what its caller was allowed to have the secret of. Concurrent rotations do
    /// not exclude each other: the last to commit has the live secret.
    func rotate(
        _ application: Application, to secret: NewSecret, revokesTokens: Bool, onlyIfUnchanged: Bool,
        _ change: Change, once claim: Claim?
    ) async throws -> Application? {
        let profile = application.profile
        return try await postgres.write(
            Self.rotate,
            [.text(application.clientID.text)] + change.values + secret.values + [
                .bool(revokesTokens), .user(profile.runAs), .texts(profile.scopes.map(\.text)),
                .int8(onlyIfUnchanged ? application.revision.number : nil), .text(profile.flow.rawValue),
            ], once: claim, keeping: secret.kept)
    }

    /// Nil where the application is no longer there, or at that revision.
    func revokeTokens(
        _ application: Application, onlyIfUnchanged: Bool, _ change: Change, once claim: Claim?
    ) async throws -> Application? {
        try await postgres.write(
            Self.revokeTokens,
            [.text(application.clientID.text)] + change.values
                + [.int8(onlyIfUnchanged ? application.revision.number : nil)],
            once: claim)
    }
}

extension SecretStore {
    private static let rotation = ClaimClauses(in: .registry, from: 13)
    private static let revocation = ClaimClauses(in: .registry, from: 6)

    /// The rule looked at the flow, the run-as user and the scopes: they must be the same still.
    static let rotate = Statement(
        """
        with \(rotation.mine),
            \(Change.head(where: "\(rotation.isMine) and exists (select from registry.application where client_id = $1 and not deleted)")),
            changed as (
                update registry.application a set
                    secret_hmac = $5, pepper_id = $6, secret_hint = $7, secret_generation = a.secret_generation + 1,
                    secret_created_at = $2, secret_created_by = $3,
                    epoch = a.epoch + 1, min_epoch = case when $8 then a.epoch + 1 else a.min_epoch end,
                    revision = head.revision, updated_at = $2, updated_by = $3
                from head
                where a.client_id = $1 and not a.deleted and a.run_as is not distinct from $9 and a.scopes = $10
                    and a.revision = coalesce($11, a.revision) and a.flow = $12
                returning \(Application.stored)),
            \(Change.told),
            \(rotation.answered(IssuedStore.snapshot))
        select \(Application.columns) from changed a \(Application.usage)
        """, decode: Application.init(row:))

    static let revokeTokens = Statement(
        """
        with \(revocation.mine),
            \(Change.head(where: "\(revocation.isMine) and exists (select from registry.application where client_id = $1 and not deleted)")),
            changed as (
                update registry.application a set
                    epoch = a.epoch + 1, min_epoch = a.epoch + 1,
                    revision = head.revision, updated_at = $2, updated_by = $3
                from head where a.client_id = $1 and not a.deleted and a.revision = coalesce($5, a.revision)
                returning \(Application.stored)),
            \(Change.told),
            \(revocation.answered(IssuedStore.snapshot))
        select \(Application.columns) from changed a \(Application.usage)
        """, decode: Application.init(row:))
}
