import GatehouseCrypto
import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of making, changing and deleting users: nobody gives what they lack, nor changes a user who may do more.
struct UserAdministration {
    private let store: UserStore
    private let roles: RoleStore
    private let domains: DomainStore
    private let catalogue: CatalogueStore
    private let created: CreatedStore

    init(_ postgres: Postgres) {
        store = UserStore(postgres: postgres)
        roles = RoleStore(postgres: postgres)
        domains = DomainStore(postgres: postgres)
        catalogue = CatalogueStore(postgres: postgres)
        created = CreatedStore(postgres: postgres)
    }

    func page(after last: UserStore.Place?, limit: Int) async throws(Problem) -> [User] {
        try await store.list(after: last, limit: limit)
    }

    func find(_ id: UserID) async throws(Problem) -> User {
        guard let user = try await store.find(id) else { throw User.absent }
        return user
    }

    func create(_ body: JSON, by author: Author, once claim: Claim?) async throws -> Created {
        try await claim.once(created.find) { try await create(body, by: author, under: claim) }
    }

    private func create(_ body: JSON, by author: Author, under claim: Claim?) async throws(Problem) -> Created {
        let profile = try User.Profile(body)
        let authority = try await authority(of: profile)
        try authority.demand(of: author, "The user would be able to do what you are not.")
        let id = UserID(at: author.time, random: (Random.uint64(), Random.uint64()))
        let change = Change([.user(.userCreated, .create, id, from: nil, to: profile, by: author)], by: author)
        let json = User.json(id, profile)
        let revision = try await store.create(id, profile, change, once: claim, keeping: Created.kept(json))
        return Created(json: json, revision: revision)
    }

    /// The user as it is afterwards; what changes nothing is no change.
    func patch(
        _ id: UserID, with body: JSON, if condition: EntityTag.Condition, by author: Author
    ) async throws(Problem) -> User {
        try await change(id, if: condition, by: author) { user throws(Problem) in
            let profile = try user.profile.patched(by: body)
            if profile == user.profile { return user }
            let authority = try await authority(of: profile)
            try authority.demand(of: author, "The user would be able to do what you are not.")
            try await demandIdentity(of: user, to: profile, by: author)
            let fact = OutgoingFact.user(.userUpdated, .update, id, from: user.profile, to: profile, by: author)
            guard let revision = try await store.replace(user, with: profile, Change([fact], by: author)) else {
                return nil
            }
            return User(id: id, profile: profile, permissions: authority.permissions, revision: revision)
        }
    }

    /// The revision of the deletion.
    func delete(_ id: UserID, if condition: EntityTag.Condition, by author: Author) async throws(Problem) -> Revision {
        try await change(id, if: condition, by: author) { user throws(Problem) in
            let applications = try await store.applications(runBy: id)
            guard applications.isEmpty else {
                throw Problem(
                    .conflict,
                    "Applications act under this user (\(applications.joined(separator: ", "))): give them another first."
                )
            }
            let fact = OutgoingFact.user(.userDeleted, .delete, id, from: user.profile, to: nil, by: author)
            return try await store.delete(user, Change([fact], by: author))
        }
    }

    private func change<Result>(
        _ id: UserID, if condition: EntityTag.Condition, by author: Author,
        _ body: (User) async throws(Problem) -> Result?
    ) async throws(Problem) -> Result {
        if id.isSystem { throw Problem(.forbidden, "The system user belongs to the product: it is read-only.") }
        return try await User.change(if: condition) { () throws(Problem) in
            try await store.find(id)
        } _: { user throws(Problem) in
            try user.authority.demand(of: author, "The user may do what you may not.")
            return try await body(user)
        }
    }

    /// What the roles and domains of a profile amount to; all of them must exist.
    private func authority(of profile: User.Profile) async throws(Problem) -> Authority {
        let roles = try await roles.find(profile.roles)
        let domains = try await domains.known(profile.domains.names ?? [])
        let strangers =
            profile.roles.subtracting(roles.map(\.name)).sorted().map {
                Problem.FieldError(field: "roles", detail: "must name roles that exist: not “\($0)”")
            }
            + Set(profile.domains.names ?? []).subtracting(domains).sorted().map {
                Problem.FieldError(field: "domains", detail: "must name domains that exist: not “\($0)”")
            }
        if let first = strangers.first {
            throw Problem(.validation, "\(first.field) \(first.detail)", errors: strangers)
        }
        return Authority(permissions: roles.reduce(into: []) { $0.formUnion($1.listed) }, domains: profile.domains)
    }

    /// Who changes how another user is known could sign in as them: a session may, and a bearer with every scope of the catalogue.
    private func demandIdentity(of user: User, to profile: User.Profile, by author: Author) async throws(Problem) {
        guard profile.email != user.profile.email || profile.externalID != user.profile.externalID,
            let caller = author.caller, author.user.id != user.id
        else { return }
        guard caller.contains(try await catalogue.scopes()) else {
            throw Problem(
                .forbidden,
                "The e-mail address and external id of another user are changed in the console, or by an application with every scope."
            )
        }
    }
}

extension OutgoingFact {
    /// What names a person stands beside the log, not in it (07 § Erasure).
    static func user(
        _ type: EventType, _ operation: Operation, _ id: UserID, from old: User.Profile?, to new: User.Profile?,
        by author: Author
    ) -> OutgoingFact {
        let changes = FieldChange.between(
            old?.json ?? [:], new?.json ?? [:], redacting: ["email", "name", "external_id"])
        let name = (new ?? old)?.name.text ?? ""
        return .access(type, operation, ("user", .user, id.text, name), changes, by: author)
    }
}
