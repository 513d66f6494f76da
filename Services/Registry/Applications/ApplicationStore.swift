import GatehouseJSON
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The tables `registry.application` and `registry.application_range`.
struct ApplicationStore {
    let postgres: Postgres

    func find(_ id: ClientID) async throws -> Application? {
        try await postgres.read(Self.find, .text(id.text)).first
    }

    /// The application of that component.
    func find(_ component: Component) async throws -> Application? {
        try await postgres.read(Self.findComponent, .text(component.kind.text), .text(component.name.text)).first
    }

    /// `component`: whose credentials they are; then the application acts under the system user, whom nobody deletes.
    func create(
        _ id: ClientID, _ profile: Application.Profile, _ secret: NewSecret, _ change: Change,
        component: Component? = nil, once claim: Claim? = nil
    ) async throws -> Application {
        let made = try await write(
            Self.create, Self.values(id, profile, secret, change, component, once: claim),
            under: component == nil ? profile.actingUser : nil)
        if let made { return made }
        throw claim == nil ? Problem(.internalError, "The application was not made.") : Claim.isTaken
    }

    /// Nil where the application is no longer at that revision. `revokesTokens`: no token of before outlives it (04 § Epochs).
    func replace(
        _ application: Application, with profile: Application.Profile, revokesTokens: Bool, _ change: Change
    ) async throws -> Application? {
        let ranges = profile.ranges == application.profile.ranges ? nil : profile.ranges
        return try await write(
            Self.replace,
            [.text(application.clientID.text)] + change.values + Self.values(profile) + Self.values(ranges) + [
                .revision(application.revision), .bool(revokesTokens), .text(profile.flow.rawValue),
                .jsonb(profile.keys?.json.bytes),
            ],
            under: profile.actingUser == application.profile.actingUser ? nil : profile.actingUser)
    }

    /// `user`: under whom the application is put. Policy deletes no user meanwhile, and none that it did delete is taken.
    private func write(
        _ statement: Statement<Application>, _ values: [Value], under user: UserID?
    ) async throws -> Application? {
        guard let user else {
            return try await postgres.write(statement, values, refusals: Self.refusals).first
        }
        return try await postgres.write(locking: user, by: RunAsLock.share, refusals: Self.refusals) { connection in
            guard try await connection.query(PublishedStore.user, .user(user)).first != nil else {
                throw Problem(field: "run_as", RunAsUser.absent)
            }
            return try await connection.query(statement, values).first
        }
    }

    /// Nil where the application is no longer at that revision.
    func delete(_ application: Application, _ change: Change) async throws -> Revision? {
        try await postgres.write(
            Self.delete, [.text(application.clientID.text)] + change.values + [.revision(application.revision)]
        ).first
    }

    /// Of `create`, which a command on the host runs in a transaction of its own.
    static func values(
        _ id: ClientID, _ profile: Application.Profile, _ secret: NewSecret, _ change: Change,
        _ component: Component? = nil, once claim: Claim? = nil
    ) -> [Value] {
        [.text(id.text)] + change.values + values(profile) + values(profile.ranges) + secret.values
            + [.text(profile.flow.rawValue), .text(component?.kind.text), .text(component?.name.text)]
            + [.jsonb(profile.keys?.json.bytes)] + claim.values(keeping: secret.kept)
    }

    /// $5 … $12
    private static func values(_ profile: Application.Profile) -> [Value] {
        [
            .text(profile.name.text), .text(profile.name.key), .text(profile.description.text),
            .texts(profile.redirectURIs.map(\.text)), .text(profile.websiteURL?.text),
            .texts(profile.scopes.map(\.text)), .user(profile.runAs), .bool(profile.isEnabled),
        ]
    }

    /// $13 … $15: the list as it is saved, and as it is looked up. Nil leaves it as it is.
    private static func values(_ ranges: [NotedRange]?) -> [Value] {
        let bounds = AddressRanges((ranges ?? []).map(\.range)).bounds
        return [
            .jsonb(ranges.map { JSON.array($0.map(\.json)).bytes }), .byteas(bounds.map(\.low.bytes)),
            .byteas(bounds.map(\.high.bytes)),
        ]
    }

    private static let refusals = [
        "application_name_key": Problem(
            .conflict, "Another application has this name.",
            errors: [Problem.FieldError(field: "name", detail: "is taken")]),
        "application_component": Problem(.conflict, "This component has credentials already."),
    ]
}

extension ApplicationStore {
    static let find = Statement(
        """
        select \(Application.columns)
        from registry.application a \(Application.usage)
        where a.client_id = $1 and not a.deleted
        """, decode: Application.init(row:))

    static let findComponent = Statement(
        """
        select \(Application.columns)
        from registry.application a \(Application.usage)
        where a.defined_by = 'internal' and a.component_kind = $1 and a.component_name = $2 and not a.deleted
        """, decode: Application.init(row:))

    private static let once = ClaimClauses(in: .registry, from: 23)

    static let create = Statement(
        """
        with \(once.mine),
            \(Change.head(where: once.isMine)),
            changed as (
                insert into registry.application as a (
                    client_id, name, name_key, description, defined_by, component_kind, component_name, flow,
                    redirect_uris, website_url, scopes, run_as, enabled, ip_ranges, jwks,
                    secret_hmac, pepper_id, secret_hint, secret_created_at, secret_created_by,
                    revision, created_at, created_by, updated_at, updated_by)
                select $1, $5, $6, $7, case when $20 is null then 'user' else 'internal' end, $20, $21, $19,
                    $8, $9, $10, $11, $12, $13, $22, $16, $17, $18, $2, $3,
                    head.revision, $2, $3, $2, $3
                from head
                returning \(Application.stored)),
            ranges as (
                insert into registry.application_range (client_id, low, high, revision)
                select changed.client_id, r.low, r.high, changed.revision
                from changed, unnest($14::bytea[], $15::bytea[]) as r (low, high)),
            \(Change.told),
            \(once.answered(IssuedStore.snapshot))
        select \(Application.columns) from changed a \(Application.usage)
        """, decode: Application.init(row:))

    static let replace = Statement(
        """
        with \(Change.head(where: "exists (select from registry.application where client_id = $1 and revision = $16 and not deleted)")),
            changed as (
                update registry.application a set
                    name = $5, name_key = $6, description = $7, redirect_uris = $8, website_url = $9, scopes = $10,
                    run_as = $11, enabled = $12, flow = $18, jwks = $19, ip_ranges = coalesce($13, a.ip_ranges),
                    epoch = a.epoch + $17::boolean::integer,
                    min_epoch = case when $17 then a.epoch + 1 else a.min_epoch end,
                    revision = head.revision, updated_at = $2, updated_by = $3
                from head where a.client_id = $1 and a.revision = $16 and not a.deleted
                returning \(Application.stored)),
            gone as (
                delete from registry.application_range r using changed
                where $13 is not null and r.client_id = changed.client_id
                    and not exists (select from unnest($14::bytea[]) as kept (low) where kept.low = r.low)),
            ranges as (
                insert into registry.application_range (client_id, low, high, revision)
                select changed.client_id, r.low, r.high, changed.revision
                from changed, unnest($14::bytea[], $15::bytea[]) as r (low, high)
                on conflict (client_id, low) do update set high = excluded.high, revision = excluded.revision),
            \(Change.told)
        select \(Application.columns) from changed a \(Application.usage)
        """, decode: Application.init(row:))

    static let delete = Statement(
        """
        with \(Change.head(where: "exists (select from registry.application where client_id = $1 and revision = $5 and not deleted)")),
            changed as (
                update registry.application a set
                    deleted = true, secret_hmac = null, pepper_id = null, jwks = null,
                    epoch = a.epoch + 1, min_epoch = a.epoch + 1,
                    revision = head.revision, updated_at = $2, updated_by = $3
                from head where a.client_id = $1 and a.revision = $5 and not a.deleted
                returning a.client_id, a.revision),
            gone as (delete from registry.application_range r using changed where r.client_id = changed.client_id),
            \(Change.told)
        select revision from changed
        """
    ) { row in try row.revision() }
}
