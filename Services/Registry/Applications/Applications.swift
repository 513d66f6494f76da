import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The rules of making, changing and deleting applications.
struct Applications {
    private let store: ApplicationStore
    private let list: ApplicationListStore
    private let published: PublishedStore
    private let attention: AttentionStore
    private let issued: IssuedStore
    private let turnstile = Turnstile<ClientID>()

    init(_ postgres: Postgres) {
        store = ApplicationStore(postgres: postgres)
        list = ApplicationListStore(postgres: postgres)
        published = PublishedStore(postgres: postgres)
        attention = AttentionStore(postgres: postgres)
        issued = IssuedStore(postgres: postgres)
    }

    func page(
        _ filter: ApplicationFilter, after place: ApplicationListStore.Place?, limit: Int
    ) async throws -> [Application] {
        try await attention.marked(list.page(filter, after: place, limit: limit))
    }

    /// As it is shown: with what it needs attention for. Where that cannot be read it is shown without: what was changed, and a
    /// secret that is told once, must not be lost for it.
    func shown(_ application: Application) async -> Application {
        (try? await attention.marked([application]).first) ?? application
    }

    func find(_ id: ClientID) async throws -> Application {
        guard let application = try await store.find(id) else {
            throw Problem(.notFound, "There is no such application.")
        }
        return application
    }

    func create(
        _ body: JSON, _ secret: NewSecret, by author: Author, once claim: Claim?
    ) async throws -> Issued {
        try await claim.once(issued.find) {
            let application = try await create(body, secret, by: author, under: claim)
            return Issued(application: application, secret: secret.text)
        }
    }

    private func create(
        _ body: JSON, _ secret: NewSecret, by author: Author, under claim: Claim?
    ) async throws -> Application {
        var body = try ApplicationBody(body)
        let user = try await check(&body, against: nil)
        let profile = try body.profile()
        try await demand(profile, under: user, of: author)
        var random = SystemRandomNumberGenerator()
        let id = ClientID(random: &random)
        return try await store.create(id, profile, secret, .creation(of: id, profile, by: author), once: claim)
    }

    /// The application as it is afterwards; what changes nothing is no change.
    func patch(
        _ id: ClientID, with json: JSON, if condition: EntityTag.Condition, by author: Author
    ) async throws -> Application {
        try await change(id, if: condition) { application in
            let old = application.profile
            var body = try ApplicationBody(json, changing: old)
            let user = try await check(&body, against: old)
            let new = try body.profile()
            if new == old { return application }
            if new.widens(old) { try await demand(new, under: user, of: author) }
            let revokes = new.actingUser != old.actingUser || new.flow != old.flow
            if revokes { try await demandFormer(old, of: author) }
            return try await store.replace(
                application, with: new, revokesTokens: revokes,
                .update(of: id, from: old, to: new, revokesTokens: revokes, by: author))
        }
    }

    /// The revision of the deletion. Its tokens die with it, and its name is free again; its client id is not.
    func delete(_ id: ClientID, if condition: EntityTag.Condition, by author: Author) async throws -> Revision {
        try await change(id, if: condition) { application in
            try await store.delete(
                application, Change(.applicationDeleted, .delete, of: id, named: application.profile.name, by: author))
        }
    }

    /// Runs `body` on an application as it is; again, when `body` finds that it has become another meanwhile (nil).
    func change<Result>(
        _ id: ClientID, if condition: EntityTag.Condition,
        _ body: (Application) async throws -> Result?
    ) async throws -> Result {
        try await turnstile.pass(id) { try await attempt(id, if: condition, body) }
    }

    private func attempt<Result>(
        _ id: ClientID, if condition: EntityTag.Condition,
        _ body: (Application) async throws -> Result?
    ) async throws -> Result {
        for _ in Turns() {
            let application = try await find(id)
            guard application.component == nil else {
                throw Problem(.forbidden, "An internal application belongs to its component: it is read-only.")
            }
            guard condition.allows(application.revision) else {
                throw Problem(
                    .preconditionFailed, "The application is at revision \(application.revision) now: read it again.")
            }
            if let result = try await body(application) { return result }
        }
        throw Problem(.conflict, "Others are changing this application; nothing was done. Try again.")
    }

    /// That the author lacks nothing that the application may do; `user` is its run-as user, where that is known already.
    func demand(
        _ profile: Application.Profile, under user: RunAsUser? = nil, of author: Author
    ) async throws {
        var user = user
        if user == nil, let id = profile.actingUser {
            user = try await published.user(id)
            // What nobody knows the reach of, nobody is given.
            if user == nil {
                throw Problem(
                    .conflict,
                    "The user under whom the application acts no longer exists: give it another (run_as) first.")
            }
        }
        // A scope that is gone gives nothing: a leaked secret can be made anew by whoever holds the rest.
        let known = try await published.known(profile.scopes)
        try Authority(scopes: profile.scopes.filter(known.contains), under: user).demand(of: author)
    }

    /// That the author lacks nothing of the user from whom they take the application: else they would take it over, and its secret.
    private func demandFormer(_ profile: Application.Profile, of author: Author) async throws {
        guard let id = profile.actingUser, let user = try await published.user(id) else { return }
        try Authority(scopes: [], under: user)
            .demand(of: author, "The application acts under a user who may do what you may not.")
    }

    /// What policy knows of the scopes and the user that a body newly names; answers that user.
    private func check(
        _ body: inout ApplicationBody, against old: Application.Profile?
    ) async throws -> RunAsUser? {
        let scopes = body.scopes ?? []
        let known = try await published.known(scopes).union(old?.scopes ?? [])
        for (index, scope) in scopes.enumerated() where !known.contains(scope) {
            body.refuse("scopes[\(index)]", "is not in the catalogue")
        }
        // A user who was kept unseen counts from now on.
        let flow = body.flow ?? old?.flow
        guard flow == .clientCredentials, let id = body.runAs.applied(to: old?.runAs), !id.isSystem,
            id != old?.runAs || flow != old?.flow
        else { return nil }
        let user = try await published.user(id)
        if user == nil {
            body.refuse("run_as", RunAsUser.absent)
        } else if user?.isActive == false {
            body.refuse("run_as", "must be an active user")
        }
        return user
    }
}
