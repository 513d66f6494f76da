import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The first application: there is none before it, and no other beside it.
struct BootstrapStore {
    let postgres: Postgres

    func create(
        _ id: ClientID, _ profile: Application.Profile, under user: UserID, _ secret: NewSecret, _ change: Change
    ) async throws -> Application {
        try await postgres.write(locking: user, by: RunAsLock.share) { connection in
            // Before the look: what others have committed is seen, and nobody commits meanwhile (04 § Heads).
            try await connection.query(Self.lock)
            guard try await connection.query(PublishedStore.user, .user(user)).first != nil else {
                throw Bootstrap.Failure.noUser(user)
            }
            guard try await connection.query(Self.isFirst).first == true else { throw Bootstrap.Failure.notTheFirst }
            let made = try await connection.query(
                ApplicationStore.create, ApplicationStore.values(id, profile, secret, change))
            guard let application = made.first else { throw Problem(.internalError, "The application was not made.") }
            return application
        }
    }

    static let lock = Statement("select from registry.head for update")

    static let isFirst = Statement(
        "select not exists (select from registry.application where defined_by = 'user' and not deleted)"
    ) { row in try row.bool() }
}
