import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The tables `policy.account`, `policy.account_role` and `policy.account_domain`.
struct UserStore {
    let postgres: Postgres

    /// Where a page of the list begins: after this user.
    struct Place {
        let name: Name
        let id: UserID
    }

    /// Up to `limit` users by name, then id, after `last`.
    func list(after last: Place?, limit: Int) async throws(Problem) -> [User] {
        try await postgres.read(
            Self.list, .text(last?.name.text ?? ""), .user(last?.id ?? .system), .int8(Int64(limit)))
    }

    func find(_ id: UserID) async throws(Problem) -> User? {
        try await postgres.read(Self.find, .user(id)).first
    }

    /// The applications that act under the user, by name.
    func applications(runBy id: UserID) async throws(Problem) -> [String] {
        try await postgres.read(Self.applications, .user(id))
    }

    func create(_ id: UserID, _ profile: User.Profile, _ change: Change) async throws(Problem) -> Revision {
        let made = try await postgres.write(
            Self.create, Self.values(id, profile, change), refusals: Self.refusals)
        guard let revision = made.first else { throw Problem(.internalError, "The user was not made.") }
        return revision
    }

    /// Nil where the user is no longer at that revision. Deactivation outlives all tokens made before it (04 § Epochs).
    func replace(_ user: User, with profile: User.Profile, _ change: Change) async throws(Problem) -> Revision? {
        try await postgres.write(
            Self.replace, Self.values(user.id, profile, change) + [.revision(user.revision)], refusals: Self.refusals
        ).first
    }

    /// Nil where the user is no longer at that revision, or an application acts under it.
    func delete(_ user: User, _ change: Change) async throws(Problem) -> Revision? {
        try await postgres.write(Self.delete, [.user(user.id)] + change.values + [.revision(user.revision)]).first
    }

    /// Of `create`, and the first of `replace`: $1 … $11.
    static func values(_ id: UserID, _ profile: User.Profile, _ change: Change) -> [Value] {
        [.user(id)] + change.values + [
            .text(profile.email.text), .text(profile.name.text), .text(profile.externalID?.text),
            .bool(profile.isActive), .bool(profile.domains == .all), .texts(profile.roles.map(\.text)),
            .texts((profile.domains.names ?? []).map(\.text)),
        ]
    }

    private static let refusals: [String: Problem] = [
        "account_email": User.taken("email", "e-mail address"),
        "account_external_id": User.taken("external_id", "external id"),
        "account_role_role": Problem(field: "roles", "names a role that is gone"),
        "account_domain_domain": Problem(field: "domains", "names a domain that is gone"),
    ]
}
