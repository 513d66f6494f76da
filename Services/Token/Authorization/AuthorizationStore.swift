import GatehousePlatform
import GatehousePostgres

/// Reads what a consent is about.
struct AuthorizationStore {
    static let application = Statement(
        """
        select client_id, name, website_url, redirect_uris, flow, scopes, enabled
        from registry.published_credentials where client_id = $1
        """, decode: AuthorizingApplication.init(row:))

    let postgres: Postgres

    func application(_ id: String) async throws -> AuthorizingApplication? {
        try await postgres.query(Self.application, .text(id)).first
    }
}
