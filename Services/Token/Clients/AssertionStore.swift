import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// The table `token.used_assertion`: an assertion is used once, whichever replicas it is shown to.
///
/// The database's clock alone says what has expired, at the use as at the sweep: else a replica whose clock is late would take again
/// what another has swept.
struct AssertionStore {
    private static let batch = 5_000

    static let use = Statement(
        """
        insert into token.used_assertion (client_id, jti, expires_at)
        select $1, $2, $3 where $3 > now()
        on conflict do nothing
        """)
    /// The minute is for uses that began before their assertions expired, and are not committed yet.
    static let sweep = Statement(
        """
        delete from token.used_assertion where ctid = any (array(
            select ctid from token.used_assertion
            where expires_at < now() - interval '1 minute' order by expires_at limit \(batch)))
        """)

    let postgres: Postgres

    /// Whether this is its first use. Where no change waits for a head: one that is held must not keep clients out (K2).
    func use(_ assertion: ClientAssertion) async throws -> Bool {
        try await postgres.search(
            Self.use, .text(assertion.client), .bytea(assertion.digest), .timestamp(assertion.end)
        ).count == 1
    }

    /// Removes some that have expired; whether there may be more.
    func sweep() async throws -> Bool { try await postgres.search(Self.sweep).count == Self.batch }
}
